"""Regimes: states come, last and swing as configured at every hour, and show in the values."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from capgen import Config, scan
from capgen.layers.regimes.chain import chain_states
from tests.estimates import STANDARD_ERRORS, Floats, check_share, within_errors
from tests.panels import merged, web_config, web_panel

DAY = [0.2] * 8 + [1.0] * 10 + [0.5] * 6
STATES: dict[str, Any] = {
    "idle": {
        "chances": {"weekday": [1 - each / 2 for each in DAY], "weekend": 0.9},
        "stickiness": 0.8,
        "level": {"cpu": 1},
        "swing": -1,
    },
    "busy": {
        "chances": {"weekday": DAY, "weekend": 0.1},
        "stickiness": 0.9,
        "level": {"cpu": 2},
        "swing": 1,
    },
    "rare": {"chances": {"weekday": 0.1}, "level": {"cpu": 3}, "swing": 0.2},
}
EVEN: dict[str, Any] = {
    "idle": {"chances": {"weekday": 0.5}, "stickiness": 0.9, "level": {"cpu": 1}},
    "busy": {"chances": {"weekday": 0.3}, "stickiness": 0.6, "level": {"cpu": 2}},
    "rare": {"chances": {"weekday": 0.2}, "stickiness": 0, "level": {"cpu": 3}},
}
NIGHTLY: dict[str, Any] = {
    "usual": {"chances": {"weekday": [1, 1, 0, *[1] * 21]}, "stickiness": 0.9},
    "backup": {
        "chances": {"weekday": [0, 0, 1, *[0] * 21]},
        "stickiness": 0.9,
        "level": {"disk": 3},
    },
}
FLAT = {"business_hours_factor": 1, "weekend_factor": 1, "base": {"cpu": 1}}
ZONES = {"US-East": "America/New_York", "EU": "Europe/Berlin", "Asia": "Asia/Tokyo"}


def states_config(
    states: dict[str, Any], servers: int, days: tuple[str, str], step: str = "hourly", **others: Any
) -> Config:
    regimes = {"states": states, "swing": others.pop("swing", None)}
    return web_config(
        servers, days, step, **merged({"archetypes": {"web": {**FLAT, "regimes": regimes}}}, others)
    )


def states_of(config: Config) -> pl.DataFrame:
    """Return the panel with its states, 0, 1 or 2, read from the mean: its level is 1, 2 or 3."""
    state = (pl.col("cpu_p95_expected").cast(pl.Int64) - 1).alias("state")
    return scan(config).select("server_id", "timestamp", "region", "app_name", state).collect()


def matrix_of(config: Config) -> NDArray[np.int64]:
    states = states_of(config).sort("server_id", "timestamp")["state"].to_numpy()
    return states.reshape(config.num_servers, -1)


def chances_at(states: dict[str, Any], hour: int, is_weekend: bool) -> Floats:
    kind = "weekend" if is_weekend else "weekday"
    every = [each["chances"].get(kind, each["chances"]["weekday"]) for each in states.values()]
    weights = np.array([each[hour] if isinstance(each, list) else each for each in every], float)
    chances: Floats = weights / weights.sum()
    return chances


def check_in_groups(sums: Floats, sizes: Floats, expected: Floats) -> None:
    """Check the mean over all members of independent groups; `sums` have the shape (groups, …)."""
    mean = sums.sum(axis=0) / sizes.sum(axis=0)
    errors = np.sqrt(((sums - mean * sizes) ** 2).sum(axis=0)) / sizes.sum(axis=0)
    assert (np.abs(mean - expected) <= STANDARD_ERRORS * errors + 1e-12).all(), (
        mean,
        expected,
        errors,
    )


OCCUPANCY: dict[str, dict[str, Any]] = {
    "alone": {},
    "swinging": {"swing": {"half_life_hours": 40, "strength": 1.0}},
    "by local clocks": {
        "layers": {"local_time": {"zones": ZONES}},
        "swing": {"half_life_hours": 96, "strength": 0.5},
    },
    "moving together": {
        "layers": {"shared_movement": {"app": {"states": 0.6}}},
        "swing": {"half_life_hours": 96, "strength": 0.7},
        "fleet": {"apps_per_business_unit": 40},
    },
}


@pytest.mark.parametrize("name", OCCUPANCY)
def test_every_hour_of_the_week_has_its_chances(name: str) -> None:
    """Over New Year and, by local clocks, over changes of clocks; apps' servers go together."""
    days = ("2024-02-26", "2024-04-07") if "clocks" in name else ("2023-12-04", "2024-01-14")
    config = states_config(STATES, 120, days, **OCCUPANCY[name])
    zone = (
        pl.col("region").replace_strict(ZONES, default="UTC") if "clocks" in name else pl.lit("UTC")
    )
    panel = states_of(config).with_columns(zone=zone)
    local = pl.concat(
        part.with_columns(
            local=pl.col("timestamp")
            .dt.replace_time_zone("UTC")
            .dt.convert_time_zone(key)
            .dt.replace_time_zone(None)
        )
        for (key,), part in panel.partition_by("zone", as_dict=True).items()
    )
    hour = (pl.col("local").dt.weekday().cast(pl.Int64) - 1) * 24 + pl.col("local").dt.hour()
    shares = [(pl.col("state") == state).sum().alias(str(state)) for state in range(3)]
    group = "app_name" if "together" in name else "server_id"
    cells = (
        local.group_by(hour.alias("hour"), group).agg(*shares, size=pl.len()).sort("hour", group)
    )
    sums = cells.select("0", "1", "2").to_numpy().reshape(168, -1, 3).astype(float)
    sizes = cells["size"].to_numpy().reshape(168, -1, 1).astype(float)
    expected = np.array([chances_at(STATES, hour % 24, hour // 24 >= 5) for hour in range(168)])
    found = sums.sum(axis=1) / sizes.sum(axis=1)
    # For servers that swing or go together, a share is wider than a binomial, by as much at all
    # hours.
    wider = ((sums - found[:, None] * sizes) ** 2).sum(axis=1) / (
        found * (1 - found) * sizes.sum(axis=1)
    )
    errors = np.sqrt(wider.mean() * expected * (1 - expected) / sizes.sum(axis=1))
    assert np.abs((found - expected) / errors).max() < STANDARD_ERRORS


def test_a_day_shows_the_state_of_one_of_its_hours() -> None:
    panel = states_of(states_config(STATES, 200, ("2023-12-01", "2024-01-31"), "daily"))
    for kind in (False, True):
        expected = np.mean([chances_at(STATES, hour, kind) for hour in range(24)], axis=0)
        days = panel.filter((pl.col("timestamp").dt.weekday() >= 6) == kind)
        shares = [(pl.col("state") == state).mean().alias(str(state)) for state in range(3)]
        within_errors(days.group_by("server_id").agg(shares).drop("server_id").to_numpy(), expected)


@pytest.mark.parametrize("step", ["hourly", "15min", "1min"])
def test_a_nightly_state_starts_and_ends_on_its_hour(step: str) -> None:
    days = ("2023-12-31", "2024-01-01")
    regimes = {"states": NIGHTLY, "swing": {"half_life_hours": 24, "strength": 1}}
    panel = web_panel(5, days, step, archetypes={"web": {"regimes": regimes}})
    level = panel["disk_p95_expected"] / 20
    assert (
        level.to_list()
        == (panel["timestamp"].dt.hour() == 2).replace_strict({True: 3.0, False: 1.0}).to_list()
    )


def test_states_last_for_whole_hours_and_are_the_same_at_every_step() -> None:
    days = ("2023-12-31", "2024-01-01")
    hourly, fine = (matrix_of(states_config(EVEN, 3, days, step)) for step in ("hourly", "5min"))
    assert np.array_equal(fine, np.repeat(hourly, 12, axis=1))
    minutely = matrix_of(states_config(EVEN, 3, days, "1min"))
    assert np.array_equal(minutely, np.repeat(hourly, 60, axis=1))
    assert len(np.unique(hourly)) == 3


def transitions(states: dict[str, Any]) -> tuple[Floats, Floats, Floats]:
    """Return for constant chances who stays, what leavers enter, and the chain's matrix of both."""
    stay = np.array([each["stickiness"] for each in states.values()])
    chances = chances_at(states, 0, is_weekend=False)
    entered = chances * (1 - stay) / (chances * (1 - stay)).sum()
    return stay, entered, np.diag(stay) + np.outer(1 - stay, entered)


def test_a_state_lasts_as_its_stickiness_says() -> None:
    """Stays are geometric: of those that have lasted some hours, always the same share goes on."""
    states = matrix_of(states_config(EVEN, 100, ("2023-12-16", "2024-01-15")))
    _, _, moves = transitions(EVEN)
    for state in range(3):
        is_here = states == state
        starts = is_here[:, 1:] & ~is_here[:, :-1]
        for lasted in (1, 2, 5):
            alive = np.logical_and.reduce(
                [
                    starts[:, : -lasted or None],
                    *(is_here[:, 1 + k : k - lasted] for k in range(lasted)),
                ]
            )
            goes_on = is_here[:, 1 + lasted :]
            check_share(int((alive & goes_on).sum()), int(alive.sum()), moves[state, state])
    for before, after in itertools.product(range(3), repeat=2):
        from_here = states[:, :-1] == before
        check_share(
            int((from_here & (states[:, 1:] == after)).sum()),
            int(from_here.sum()),
            moves[before, after],
        )


@pytest.mark.parametrize("stickiness", [0.6, 0.998])
def test_states_go_on_at_new_year(stickiness: float) -> None:
    """A state that lasts for weeks is not forgotten when the year changes."""
    states = {name: {**state, "stickiness": stickiness} for name, state in EVEN.items()}
    found = matrix_of(states_config(states, 120, ("2023-12-31", "2024-01-01")))
    moved = np.zeros((3, 3))
    np.add.at(moved, (found[:, 23], found[:, 24]), 1)
    _, _, moves = transitions(states)
    for before, after in itertools.product(range(3), repeat=2):
        check_share(moved[before, after], int(moved[before].sum()), moves[before, after])


def test_chances_swing_over_days_with_their_strength_and_half_life() -> None:
    """The swing is uniform, with the covariance 2/π asin(ρ/2) for ρ = 2^(−hours / half-life)."""
    states = {
        name: {**EVEN[name], "stickiness": 0, "swing": way}
        for name, way in (("idle", -1), ("busy", 1))
    }
    states["rare"] = {**EVEN["rare"], "swing": 0.2}
    swing = {"half_life_hours": 72, "strength": 0.8}
    panel = matrix_of(states_config(states, 100, ("2023-11-01", "2024-02-29"), swing=swing))
    chances = np.array([0.5, 0.3, 0.2])
    ways = np.array([-1, 1, 0.2])
    for state in range(3):
        daily = (panel == state).reshape(100, -1, 24).mean(axis=2) - chances[state]
        within_errors(daily.mean(axis=1), 0.0)
        width = (chances[state] * 0.8 * (ways[state] - chances @ ways) / 2) ** 2
        for lag in (1, 3, 9):
            together = (daily[:, lag:] * daily[:, :-lag]).mean(axis=1)
            within_errors(together, width * 2 / np.pi * np.arcsin(2 ** (-24 * lag / 72) / 2))


def agreement(share: float) -> float:
    """Return how often two servers that share changes of their app are in the same state.

    Both take a change from it with share²: then they keep their states, or enter the same one, by
    the same draws.
    """
    stay, entered, moves = transitions(EVEN)
    joint = np.zeros((3, 3, 3, 3))
    for first, second in itertools.product(range(3), repeat=2):
        low = min(stay[first], stay[second])
        high = max(stay[first], stay[second])
        joint[first, second, first, second] += low
        for state in range(3):
            kept = (first, state) if stay[first] > stay[second] else (state, second)
            joint[first, second][kept] += (high - low) * entered[state]
            joint[first, second, state, state] += (1 - high) * entered[state]
    joint = share**2 * joint + (1 - share**2) * np.einsum("ik,jl->ijkl", moves, moves)
    both = np.full((3, 3), 1 / 9)
    for _ in range(500):
        both = np.einsum("ij,ijkl->kl", both, joint)
    return float(np.trace(both))


def test_servers_of_an_app_change_together_and_others_do_not() -> None:
    config = states_config(
        EVEN,
        300,
        ("2024-01-01", "2024-01-21"),
        layers={"shared_movement": {"app": {"states": 0.8}}},
        fleet={"apps_per_business_unit": 50},
    )
    apps = (
        states_of(config)
        .sort("server_id", "timestamp")
        .partition_by("app_name", maintain_order=True)
    )
    states = [each["state"].to_numpy().reshape(-1, 21 * 24) for each in apps]
    pairs = [each[:2] for each in states if len(each) > 1]
    assert len(pairs) > 50
    assert agreement(0.8) > agreement(0) + 0.1
    within_errors(np.array([(first == second).mean() for first, second in pairs]), agreement(0.8))
    strangers = list(zip(states[::2], states[1::2], strict=False))
    within_errors(
        np.array([(first[0] == second[0]).mean() for first, second in strangers]), agreement(0)
    )


def test_a_fleet_that_shares_all_changes_is_in_one_state() -> None:
    layers = {"shared_movement": {"fleet": {"states": 1}}}
    states = matrix_of(states_config(STATES, 6, ("2023-12-31", "2024-01-03"), layers=layers))
    assert (states == states[0]).all()
    assert len(np.unique(states)) > 1


def test_spikes_do_not_know_of_states() -> None:
    web = {"spike": {"probability": 0.1}}
    config = states_config(EVEN, 60, ("2024-01-01", "2024-01-31"), archetypes={"web": web})
    panel = (
        scan(config).sort("server_id", "timestamp").select("cpu_p95_expected", "is_spike").collect()
    )
    level = panel["cpu_p95_expected"].to_numpy()
    is_spike = panel["is_spike"].to_numpy() == 1
    is_new = np.r_[True, np.diff(level) != 0]
    for here in (is_new, ~is_new, *(level == each for each in (1, 2, 3))):
        check_share(int((is_spike & here).sum()), int(here.sum()), 0.1)


# --- What a state does to values ---

SHAPED: dict[str, Any] = {
    "calm": {"chances": {"weekday": 0.5}, "stickiness": 0.5},
    "busy": {
        "chances": {"weekday": 0.5},
        "stickiness": 0.8,
        "level": {"cpu": 1.5, "net_in": 2},
        "spread": {"cpu": 0.5, "mem": 2},
        "correlation": {"cpu~mem": -0.4, "cpu~disk": 0.6},
        "quantiles": {"disk": [{"at": 0.25, "value": 0}, {"at": 0.75, "value": 10}]},
    },
}
HALF = {"half": {"half_life_hours": 6, "share": dict.fromkeys(["cpu", "mem", "disk"], 0.5)}}


@pytest.mark.parametrize("parts", [{}, HALF], ids=["independent noise", "noise that remembers"])
def test_a_state_has_its_level_spread_correlation_and_quantiles(parts: dict[str, Any]) -> None:
    servers = 60
    days = ("2024-01-01", "2024-01-21")
    plain = {
        "correlation": {
            "cpu~mem": 0.5,
            "cpu~net_in": 0,
            "mem~disk": 0,
            "cpu~disk": 0,
            "mem~net_in": 0,
        }
    }
    web = {
        **FLAT,
        **plain,
        "noise_parts": parts,
        "regimes": {"states": SHAPED},
        "base": {"cpu": 45, "disk": 100},
    }
    metrics = {"disk": {"shape": "lognormal"}}
    panel = web_panel(servers, days, "hourly", archetypes={"web": web}, metrics=metrics)
    busy = panel["cpu_p95_expected"].to_numpy() == 67.5
    check_share(int(busy.sum()), busy.size * 1000, 0.0005)
    np.testing.assert_array_equal(panel["net_in_p95_expected"].to_numpy() == 300, busy)
    sds = {"cpu": (15, 7.5), "mem": (8, 16), "net_in": (50, 50)}
    noise = {
        key: (panel[f"{key}_p95"] - panel[f"{key}_p95_expected"]).to_numpy()
        for key in (*sds, "disk")
    }
    for is_busy, here in enumerate((~busy, busy)):
        for key, sd in sds.items():
            within_state(noise[key], here, servers, 0.0)
            within_state(noise[key] ** 2, here, servers, sd[is_busy] ** 2)
        wanted = (0.5, -0.4)[is_busy] * sds["cpu"][is_busy] * sds["mem"][is_busy]
        within_state(noise["cpu"] * noise["mem"], here, servers, wanted)
        within_state(noise["disk"], here, servers, 0.0)
        within_state(noise["disk"] ** 2, here, servers, 25.0)
    lowest = noise["disk"] < noise["disk"][busy].min() + 1e-6
    within_state(lowest.astype(float), busy, servers, 0.25)
    within_state(noise["cpu"] * noise["disk"], busy, servers, 7.5 * 5 * 0.6 * mean_slope(0.25))


def within_state(values: Floats, here: NDArray[np.bool_], servers: int, expected: float) -> None:
    cells = np.stack([np.where(here, values, 0.0), here]).reshape(2, servers, -1).sum(axis=2)
    check_in_groups(cells[0][:, None], cells[1][:, None], np.array([expected]))


def mean_slope(outside: float) -> float:
    """Return E[v'(z)] = E[z v(z)] of a curve with sd 1, level outside ± c and straight between."""
    normal = NormalDist()
    score = -normal.inv_cdf(outside)
    inside = 1 - 2 * outside - 2 * score * normal.pdf(score)
    return (1 - 2 * outside) / math.sqrt(2 * outside * score**2 + inside)


def test_a_draw_of_0_enters_no_state_without_a_chance() -> None:
    chances = np.repeat(np.array([0.0, 0.0, 1.0, 0.0])[:, None, None], 6, axis=2)
    chances[:, :, 3:] = np.array([0.0, 0.7, 0.0, 0.3])[:, None, None]
    stickiness = np.array([0.9, 0.5, 0.2, 0.9])[:, None, None]
    for draw, later in ((0.0, 1), (np.nextafter(1.0, 0.0), 3)):
        draws = np.full((1, 6), draw)
        states = chain_states(lambda _: chances, stickiness, draws, draws)
        assert states.tolist() == [[2, 2, 2, later, later, later]]
