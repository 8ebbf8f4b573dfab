"""Seasons, curves and grids by hand: they show as configured, in any window."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest

from capgen import Config, load_config
from capgen.errors import ConfigError
from tests.estimates import STANDARD_ERRORS, Floats
from tests.panels import merged, sorted_scan, web_config

SERVERS = 40
WEEKS = ("2024-01-01", "2024-02-11")
DAY = [0.0] * 8 + [0.9] * 10 + [-0.3] * 6
SEASON: dict[str, Any] = {"cpu": {"weekday": DAY, "weekend": [0.0] * 24}}
FLAT = {"business_hours_factor": 1, "weekend_factor": 1}
CURVE = [{"at": 0.1, "value": 0.5}, {"at": 0.5, "value": 1}, {"at": 0.99, "value": 4}]
STATES: dict[str, Any] = {
    "idle": {"chances": {"weekday": 2}, "stickiness": 0.5, "curve": {"cpu": CURVE}},
    "busy": {
        "chances": {"weekday": 1},
        "curve": {"cpu": [{"at": 0.2, "value": 2}, {"at": 0.7, "value": 3}]},
    },
}


def season_config(step: str = "hourly", days: tuple[str, str] = WEEKS, **web: Any) -> Config:
    archetypes = {"web": {**FLAT, **web}}
    return web_config(SERVERS, days, step, archetypes=archetypes)


def noise_by_hour(config: Config) -> Floats:
    """Return (cpu − mean) / sd, shape (servers, days, hours)."""
    panel = sorted_scan(config)
    scores = (panel["cpu_p95"] - panel["cpu_p95_expected"]) / 15
    return scores.to_numpy().reshape(SERVERS, -1, 24)


def check_mean(of_servers: Floats, expected: float) -> None:
    error = of_servers.std() / np.sqrt(len(of_servers))
    assert abs(of_servers.mean() - expected) < STANDARD_ERRORS * error


def test_the_season_moves_scores_and_leaves_their_variance() -> None:
    scores = noise_by_hour(season_config(season=SEASON))
    weekend = np.arange(scores.shape[1]) % 7 >= 5
    check_mean(scores[:, ~weekend, 9].mean(1), 0.9)
    check_mean(scores[:, ~weekend, 20].mean(1), -0.3)
    check_mean(scores[:, weekend, 9].mean(1), 0)
    variance = (5 / 7) * (10 * 0.81 + 6 * 0.09) / 24
    check_mean((scores[:, :, 3] ** 2).mean(1), 1 - variance)
    check_mean((scores**2).mean((1, 2)), 1)


def test_states_may_have_their_own_season() -> None:
    busy = {"busy": {"weekday": [1.0] * 24}}
    season = {"cpu": {"weekday": [0.0] * 24, "states": busy, "noise_scale": 0.5}}
    states = {name: {"chances": each["chances"]} for name, each in STATES.items()}
    config = season_config(season=season, regimes={"states": states})
    panel = sorted_scan(config)
    scores = (panel["cpu_p95"] - panel["cpu_p95_expected"]) / 15
    of_state = (
        panel.with_columns(scores.alias("score"))
        .group_by("server_id", "state")
        .agg(pl.col("score").mean(), sd=pl.col("score").std())
    )
    for state, expected in (("idle", 0.0), ("busy", 1.0)):
        rows = of_state.filter(pl.col("state").cast(pl.String) == state)
        check_mean(rows["score"].to_numpy(), expected)
        check_mean(rows["sd"].to_numpy(), 0.5)


def test_curves_are_quantiles_in_units_of_the_mean() -> None:
    config = season_config(regimes={"states": STATES})
    panel = sorted_scan(config)
    base = config.archetypes["web"].base["cpu"]
    values = panel["cpu_p95"].to_numpy() / base
    idle = (panel["state"].cast(pl.String) == "idle").to_numpy()
    for state, points in ((idle, CURVE), (~idle, STATES["busy"]["curve"]["cpu"])):
        for point in points[:-1]:
            below = np.where(state, values <= point["value"] * (1 + 1e-6), np.nan)
            check_mean(np.nanmean(below.reshape(SERVERS, -1), 1), point["at"])
        # Beyond the last quantile values stay at it.
        at_most = np.where(state, values >= points[-1]["value"] * (1 - 1e-6), np.nan)
        check_mean(np.nanmean(at_most.reshape(SERVERS, -1), 1), 1 - points[-1]["at"])
    middle = NormalDist().cdf((NormalDist().inv_cdf(0.1) + 0) / 2)
    lower = np.where(idle, values <= 0.75, np.nan).reshape(SERVERS, -1)
    check_mean(np.nanmean(lower, 1), middle)
    expected = panel["cpu_p95_expected"].to_numpy() / base
    check_mean((values - expected).reshape(SERVERS, -1).mean(1), 0)


@pytest.mark.parametrize("step", ["hourly", "5min", "daily"])
def test_any_window_and_other_servers(step: str) -> None:
    long, short = ("2023-12-30", "2024-01-05"), ("2024-01-02", "2024-01-03")
    web = {"season": SEASON, "regimes": {"states": STATES}}
    more = {"layers": {"resolution": {"cpu": 0.5, "net_out": 20}}, "num_servers": 5}
    whole = sorted_scan(web_config(5, long, step, **merged({"archetypes": {"web": web}}, more)))
    more["num_servers"] = 3
    part = sorted_scan(web_config(3, short, step, **merged({"archetypes": {"web": web}}, more)))
    keys = ["server_id", "timestamp"]
    assert part.equals(whole.join(part.select(keys), on=keys, how="semi"))
    assert (whole["cpu_p95"] % 0.5 == 0).all()
    assert (whole["net_out_p95"] % 20 == 0).all()
    assert not (whole["mem_p95"] % 0.5 == 0).all()


@pytest.mark.parametrize(
    ("web", "expected"),
    [
        ({"season": {"gpu": {"weekday": DAY}}}, "season: expected one of cpu"),
        ({"season": {"cpu": {"weekday": [1.5] * 24}}}, "expected a mean square of at most 1"),
        ({"season": {"cpu": {"weekday": DAY[1:]}}}, "season.cpu.weekday: expected at least 24"),
        (
            {"season": {"cpu": {"weekday": DAY, "states": {"busy": {"weekday": DAY}}}}},
            "season.cpu.states: expected one of , got 'busy'",
        ),
        (
            {"regimes": {"states": {**STATES, "more": {"chances": {"weekday": 1}}}}},
            "regimes.states.more.curve.cpu: expected a curve, as other states have one, got none",
        ),
    ],
)
def test_what_cannot_be_is_refused(web: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(overrides={"archetypes": {"web": web}}, environment={})
    assert expected in str(refused.value)


@pytest.mark.parametrize("step", [0.3, 0, -1, 4])
def test_a_grid_has_steps_of_1_2_or_5(step: float) -> None:
    with pytest.raises(ConfigError, match=r"layers\.resolution\.cpu"):
        load_config(overrides={"layers": {"resolution": {"cpu": step}}}, environment={})
