"""Shapes, shared movement and spread between servers: each comes out of the panel as configured."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen.layers.scope import parameter_column
from capgen.panel.fleet import server_frame
from tests.estimates import (
    Floats,
    check_correlation,
    check_mean,
    check_sd,
    check_share,
    present,
    within_errors,
)
from tests.panels import noise_of, web_config, web_panel

MONTH = ("2024-01-01", "2024-01-31")
STEADY = {"business_hours_factor": 1, "weekend_factor": 1}
SKEWED = [
    {"at": 0.01, "value": 0.2},
    {"at": 0.5, "value": 1.0},
    {"at": 0.9, "value": 1.6},
    {"at": 0.99, "value": 5.0},
]
TABLE = {"shape": "quantiles", "quantiles": SKEWED}
UNTIED = {
    "shape": "quantiles",
    "quantiles": [{"at": 0.0001, "value": -1}, {"at": 0.4, "value": 0}, {"at": 0.9999, "value": 9}],
}


def of_servers(panel: pl.DataFrame, values: Floats) -> Floats:
    return values.reshape(panel["server_id"].n_unique(), -1)


# --- Shapes ---


def test_a_lognormal_metric_has_its_mean_sd_and_skew_at_every_level() -> None:
    """At twice the level both are twice as large: the noise is in proportion to the mean."""
    web = {**STEADY, "base": {"cpu": 40}, "sd": {"cpu": 16}, "weekend_factor": 2}
    panel = web_panel(1000, MONTH, metrics={"cpu": {"shape": "lognormal"}}, archetypes={"web": web})
    relative = (panel["cpu_p95"] / panel["cpu_p95_expected"]).to_numpy()
    assert set(panel["cpu_p95_expected"].unique()) == {40, 80}
    weekend = panel["cpu_p95_expected"].to_numpy() == 80
    ratio = 0.4
    for sample in (relative[weekend], relative[~weekend]):
        check_mean(sample, 1)
        check_sd(sample, ratio)
        logarithms = np.log(sample)
        check_mean(logarithms, -math.log1p(ratio**2) / 2)
        check_sd(logarithms, math.sqrt(math.log1p(ratio**2)))
    cubes = of_servers(panel, ((relative - 1) / ratio) ** 3).mean(axis=1)
    within_errors(cubes, 3 * ratio + ratio**3)


def test_a_metric_with_quantiles_has_these_its_mean_and_its_sd() -> None:
    web = {**STEADY, "base": {"cpu": 40}, "sd": {"cpu": 16}}
    panel = web_panel(400, MONTH, metrics={"cpu": TABLE}, archetypes={"web": web})
    values = panel["cpu_p95"].to_numpy()
    check_mean(values, 40)
    check_sd(values, 16)
    # Straight between two quantiles: so are they. The first and the last stand for all beyond them.
    lowest = values.min()
    highest = values.max()
    within_errors(of_servers(panel, values == lowest).mean(axis=1), 0.01)
    within_errors(of_servers(panel, values == highest).mean(axis=1), 0.01)
    for quantile in SKEWED[1:3]:
        point = lowest + (highest - lowest) * (quantile["value"] - 0.2) / (5.0 - 0.2)
        check_share(int((values < point).sum()), values.size, quantile["at"])
    median, ninetieth = (lowest + (highest - lowest) * (value - 0.2) / 4.8 for value in (1.0, 1.6))
    middle = NormalDist().cdf(NormalDist().inv_cdf(0.9) / 2)
    check_share(int((values < (median + ninetieth) / 2).sum()), values.size, middle)


@pytest.mark.parametrize("shape", [{"shape": "lognormal"}, UNTIED], ids=["lognormal", "quantiles"])
def test_ranks_correlate_as_the_configured_noise_does(shape: dict[str, Any]) -> None:
    """A Gaussian copula: Spearman's correlation is 6/π asin(ρ/2) whatever the shapes."""
    web = {**STEADY, "correlation": {"cpu~mem": 0.5, "cpu~net_in": 0.8, "mem~net_in": 0.2}}
    panel = web_panel(
        300,
        MONTH,
        metrics={"cpu": shape, "net_in": {"shape": "lognormal"}},
        archetypes={"web": web},
    )
    for first, second, wanted in (
        ("cpu", "mem", 0.5),
        ("cpu", "net_in", 0.8),
        ("mem", "net_in", 0.2),
    ):
        one, other = (
            panel[f"{key}_p95"].rank().to_numpy() / panel.height - 0.5 for key in (first, second)
        )
        within_errors(
            of_servers(panel, 12 * one * other).mean(axis=1), 6 / math.pi * math.asin(wanted / 2)
        )


def test_a_derived_metric_has_the_shape_of_its_source() -> None:
    panel = web_panel(
        20, MONTH, metrics={"net_in": {"shape": "lognormal"}}, archetypes={"web": STEADY}
    )
    np.testing.assert_allclose(
        panel["net_out_p95"], panel["net_in_p95"].to_numpy() * 0.6, rtol=1e-9
    )


# --- Shared movement ---

SHARES = {"app": {"noise": 0.4}, "region": {"noise": 0.2}, "fleet": {"noise": 0.1}}
PARTS: dict[str, Any] = {
    "hours": {"half_life_hours": 6, "share": {"cpu": 0.5}},
    "days": {"half_life_hours": 100, "share": {"cpu": 0.3}},
}


@pytest.mark.parametrize("parts", [{}, PARTS], ids=["independent", "remembering"])
@pytest.mark.parametrize("scope", SHARES)
def test_servers_of_a_group_share_their_part_of_the_noise(
    scope: str, parts: dict[str, Any]
) -> None:
    """Over many years, whose differences give the error, because a whole fleet shares one noise."""
    flat = {
        "correlation": dict.fromkeys(
            ["cpu~mem", "cpu~net_in", "mem~disk", "cpu~disk", "mem~net_in"], 0.0
        )
    }
    config = web_config(
        24,
        ("2000-01-01", "2024-12-31"),
        archetypes={"web": {"noise_parts": parts, **flat}},
        layers={"shared_movement": {scope: SHARES[scope]}},
        fleet={"apps_per_business_unit": 1},
    )
    (noise,) = noise_of(config, metrics=1)
    servers = server_frame(config)
    column = {"app": "app_name", "region": "region", "fleet": "server_type"}[scope]
    groups = servers[column].to_numpy()
    together = groups[:, None] == groups[None, :]
    years = np.array_split(noise, 50, axis=1)
    for same, expected in ((True, SHARES[scope]["noise"]), (False, 0.0)):
        pairs = np.triu(together == same, k=1)
        if pairs.any():
            within_errors(
                np.array([(each @ each.T / each.shape[1])[pairs].mean() for each in years]),
                expected,
            )
    within_errors(np.array([(each**2).mean() for each in years]), 1.0)


@pytest.mark.parametrize("step", ["5min", "1min"])
def test_servers_of_an_app_share_what_lasts_longer_than_a_block(step: str) -> None:
    lasting = {"long": {"half_life_hours": 720, "share": {"cpu": 1.0}}}
    flat = {
        "correlation": dict.fromkeys(
            ["cpu~mem", "cpu~net_in", "mem~disk", "cpu~disk", "mem~net_in"], 0.0
        )
    }
    config = web_config(
        200,
        ("2024-01-31", "2024-02-01"),
        step,
        archetypes={"web": {"noise_parts": lasting, **flat}},
        layers={"shared_movement": {"app": {"noise": 0.6}}},
        fleet={"apps_per_business_unit": 20},
    )
    (noise,) = noise_of(config, metrics=1)
    apps = server_frame(config)["app_name"].to_numpy()
    members = [np.flatnonzero(apps == app) for app in np.unique(apps)]
    pairs = np.array([each[:2] for each in members if len(each) > 1])
    assert len(pairs) > 50
    for position in (0, noise.shape[1] // 2 - 1, noise.shape[1] // 2, noise.shape[1] - 1):
        within_errors(noise[pairs[:, 0], position] * noise[pairs[:, 1], position], 0.6)


def test_shares_of_all_groups_add_up() -> None:
    config = web_config(
        30,
        ("2000-01-01", "2024-12-31"),
        layers={"shared_movement": SHARES},
        fleet={"apps_per_business_unit": 1},
    )
    noise = noise_of(config)
    servers = server_frame(config)
    apps = servers["app_name"].to_numpy()
    regions = servers["region"].to_numpy()
    shared = (
        0.1 + 0.4 * (apps[:, None] == apps[None, :]) + 0.2 * (regions[:, None] == regions[None, :])
    )
    years = np.array_split(noise, 50, axis=-1)
    for expected in np.unique(shared.round(6)):
        pairs = np.triu(shared.round(6) == expected, k=1)
        assert pairs.any()
        own = [[(each @ each.T / each.shape[1])[pairs].mean() for each in year] for year in years]
        within_errors(np.array(own), expected)
    # Servers of a group share each metric's noise, and metrics correlate as configured in what they
    # share.
    crossed = [
        (year[0] @ year[3].T / year.shape[-1])[np.triu(shared > 0.6, k=1)].mean() for year in years
    ]
    within_errors(np.array(crossed), 0.8 * shared[np.triu(shared > 0.6, k=1)].mean())


# --- Spread ---

SPREAD = {
    "base.cpu": 45.0,
    "sd.mem": 8.0,
    "business_hours_factor": 1.6,
    "weekend_factor": 0.5,
    "spike.magnitude": 1.8,
}


def spread_by(spread: dict[str, Any]) -> pl.DataFrame:
    """Return many servers whose parameters are spread."""
    return server_frame(web_config(3000, MONTH, archetypes={"web": {"spread": spread}}))


def test_parameters_are_spread_between_servers_as_configured() -> None:
    relative = spread_by({path: {"kind": "lognormal", "sd": 0.8} for path in SPREAD})
    absolute = spread_by(
        {path: {"kind": "normal", "sd": 0.15 * usual} for path, usual in SPREAD.items()}
    )
    for path, usual in SPREAD.items():
        for frame, sd in ((relative, 0.8), (absolute, 0.15)):
            own = frame[parameter_column(path)].to_numpy()
            check_mean(own, usual)
            check_sd(own, sd * usual)
        logarithms = np.log(relative[parameter_column(path)].to_numpy())
        check_sd(logarithms, math.sqrt(math.log1p(0.8**2)))


def test_parameters_are_spread_independently() -> None:
    frame = spread_by({path: {"sd": 0.4} for path in SPREAD})
    own = [np.log(frame[parameter_column(path)].to_numpy()) for path in SPREAD]
    for number, first in enumerate(own):
        for second in own[:number]:
            check_correlation(first, second, 0.0)


def test_spreads_show_in_the_panel() -> None:
    """Each server's own values, worked out from its cells, are those of the server frame."""
    spread = {
        "base.cpu": {"sd": 0.5},
        "business_hours_factor": {"sd": 0.2},
        "weekend_factor": {"kind": "normal", "sd": 0.1},
        "growth_percent_per_month": {"kind": "normal", "sd": 2.0},
    }
    web = {"spread": spread, "growth_percent_per_month": 1.0}
    overrides: dict[str, Any] = {"archetypes": {"web": web}, "growth": {"origin": "2022-01-01"}}
    days = ("2024-01-05", "2024-01-06")
    panel = web_panel(50, days, "hourly", **overrides)
    frame = server_frame(web_config(50, days, "hourly", **overrides))
    own = {path: frame[parameter_column(path)].to_numpy()[:, None] for path in spread}
    hours = np.arange(48) % 24
    growth = 1 + own["growth_percent_per_month"] / 100 * (734 + np.arange(48) / 24) / 30.4375
    office = np.where((hours >= 9) & (hours <= 17), own["business_hours_factor"], 1.0)
    weekend = np.where(np.arange(48) >= 24, own["weekend_factor"], 1.0)
    expected = of_servers(panel, panel["cpu_p95_expected"].to_numpy())
    np.testing.assert_allclose(expected, own["base.cpu"] * office * weekend * growth, rtol=1e-9)
    check_sd(own["growth_percent_per_month"][:, 0], 2.0)


def test_a_spread_of_sd_shows_in_the_noise() -> None:
    web = {**STEADY, "spread": {"sd.cpu": {"sd": 0.6}}}
    config = web_config(40, ("2022-01-01", "2024-12-31"), archetypes={"web": web})
    panel = web_panel(40, ("2022-01-01", "2024-12-31"), archetypes={"web": web})
    own = server_frame(config)
    noise = of_servers(panel, (panel["cpu_p95"] - panel["cpu_p95_expected"]).to_numpy())
    sds = own[parameter_column("sd.cpu")].to_numpy()
    assert sds.max() > 3 * sds.min()
    for of_server, sd in zip(noise, sds, strict=True):
        check_sd(of_server, sd)


def test_spreads_of_spikes_show_in_the_panel() -> None:
    web = {
        **STEADY,
        "sd": dict.fromkeys(["cpu", "mem", "disk", "net_in"], 0),
        "spike": {"probability": 0.05, "magnitude": 1.8},
        "spread": {
            "spike.probability": {"sd": 0.5},
            "spike.magnitude": {"kind": "normal", "sd": 0.3},
        },
    }
    days = ("2022-01-01", "2024-12-31")
    panel = web_panel(60, days, archetypes={"web": web})
    own = server_frame(web_config(60, days, archetypes={"web": web}))
    flags = of_servers(panel, panel["is_spike"].to_numpy())
    factors = of_servers(panel, (panel["cpu_p95"] / panel["cpu_p95_expected"]).to_numpy())
    magnitudes = own[parameter_column("spike.magnitude")].to_numpy()
    np.testing.assert_allclose(factors, np.where(flags == 1, magnitudes[:, None], 1.0), rtol=1e-9)
    chances = own[parameter_column("spike.probability")].to_numpy()
    for of_server, chance in zip(flags, chances, strict=True):
        check_share(int(of_server.sum()), of_server.size, chance)
    many = server_frame(web_config(3000, MONTH, archetypes={"web": web}))[
        parameter_column("spike.probability")
    ]
    check_mean(many.to_numpy(), 0.05)
    check_sd(many.to_numpy(), 0.025)


def test_spreads_of_states_show_in_the_panel() -> None:
    """With two states of even chances, leavers enter a in proportion to 1 − stickiness(a)."""
    states = {
        "a": {
            "chances": {"weekday": 1},
            "stickiness": 0.8,
            "level": {"cpu": 1.4},
            "spread": {"cpu": 0.5},
        },
        "b": {"chances": {"weekday": 1}, "stickiness": 0.6},
    }
    stickiness, level, spread = (
        f"regimes.states.a.{parameter}" for parameter in ("stickiness", "level.cpu", "spread.cpu")
    )
    spreads = {
        stickiness: {"kind": "normal", "sd": 0.1},
        level: {"sd": 0.2},
        spread: {"sd": 0.4},
    }
    overrides: dict[str, Any] = {
        "archetypes": {
            "web": {**STEADY, "sd": {"cpu": 4}, "regimes": {"states": states}, "spread": spreads}
        }
    }
    days = ("2024-01-01", "2024-03-31")
    panel = web_panel(20, days, "hourly", **overrides)
    own = server_frame(web_config(20, days, "hourly", **overrides))
    is_a = of_servers(panel, (panel["state"] == "a").to_numpy())
    expected = of_servers(panel, panel["cpu_p95_expected"].to_numpy())
    np.testing.assert_allclose(
        expected, np.where(is_a, 45 * own[parameter_column(level)].to_numpy()[:, None], 45)
    )
    noise = of_servers(panel, panel["cpu_p95"].to_numpy()) - expected
    for server, (stays, factor) in enumerate(
        own.select(parameter_column(stickiness), parameter_column(spread)).iter_rows()
    ):
        followed = is_a[server, 1:][is_a[server, :-1]]
        enters = (1 - stays) / (1 - stays + 0.4)
        check_share(int(followed.sum()), followed.size, stays + (1 - stays) * enters)
        check_sd(noise[server][is_a[server]], 4 * factor)
        check_sd(noise[server][~is_a[server]], 4)
    many = server_frame(web_config(3000, MONTH, **overrides))
    check_mean(many[parameter_column(level)].to_numpy(), 1.4)
    check_sd(many[parameter_column(level)].to_numpy(), 0.28)
    assert many[parameter_column(stickiness)].max() == 0.998


def test_a_server_is_resized_when_its_own_level_reaches_the_limit() -> None:
    resize = {"metric": "cpu", "limit": 60, "ratio": 2, "metrics": ["cpu"]}
    overrides: dict[str, Any] = {
        "archetypes": {"web": {**STEADY, "spread": {"base.cpu": {"sd": 0.6}}}},
        "layers": {"server_life": {"first_day": MONTH[0], "last_day": MONTH[1], "resize": resize}},
    }
    panel = web_panel(60, MONTH, **overrides)
    frame = server_frame(web_config(60, MONTH, **overrides))
    own = frame[parameter_column("base.cpu")].to_numpy()
    halvings = np.maximum(np.floor(np.log2(own / 60)) + 1, 0)
    assert set(halvings) >= {0, 1}
    levels = of_servers(panel, panel["cpu_p95_expected"].to_numpy())
    np.testing.assert_allclose(
        levels, np.repeat((own / 2**halvings)[:, None], levels.shape[1], axis=1), rtol=1e-12
    )


def test_a_spread_stays_within_what_is_possible() -> None:
    spread = {
        "spike.probability": {"kind": "normal", "sd": 0.9},
        "base.cpu": {"kind": "normal", "sd": 100.0},
        "growth_percent_per_month": {"kind": "normal", "sd": 3.0},
    }
    frame = server_frame(web_config(500, MONTH, archetypes={"web": {"spread": spread}}))
    own = {path: frame[parameter_column(path)] for path in spread}
    assert (own["spike.probability"].min(), own["spike.probability"].max()) == (0, 1)
    assert own["base.cpu"].min() == 0
    assert present(own["growth_percent_per_month"]).min() < 0
