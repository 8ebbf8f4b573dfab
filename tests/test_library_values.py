"""Values of a library's servers: each number of a row shows in the panel as the schema says."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from capgen import Config, load_config
from capgen.layers.curves import Curves
from capgen.layers.library.schema import HIGHEST_SCORE, SCORES, Facts
from capgen.layers.library.table import Library
from capgen.layers.library.writing import library_bytes
from tests.estimates import STANDARD_ERRORS, Floats
from tests.libraries import make_library
from tests.panels import WIDE_CLIPS, merged, sorted_scan

SERVERS = 50
DAYS = 42  # from a Monday on
FACTS = Facts(metrics=("cpu", "mem", "disk", "net_in"), states=2, kinds=1, half_lives=(0, 2, 400))
# One row: two states, of the day and of the night, with plain curves.
PLAIN: dict[str, Any] = {
    "chances": np.repeat([[100, 0], [0, 100]], 12, axis=0),
    "stickiness": 500,
    "levels": 10.0,
    "quantiles": np.array([[200], [1000]]) + np.round(200 * SCORES),
    "season": 0,
    "noise_scale": 100,
    "noise": np.array([[100, 0, 100, 0, 0, 100, 0, 0, 0, 100], [0] * 10, [0] * 10]),
    "resolution": 0,
    "missing": 0,
    "outages": 0,
}


def one_row(**columns: Any) -> Library:
    return make_library(1, FACTS, **{**PLAIN, **columns})


def library_config(tmp_path: Path, library: Library, **overrides: Any) -> Config:
    file = tmp_path / "fleet.library.parquet"
    file.write_bytes(library_bytes(library))
    values = {
        "num_servers": SERVERS,
        "start_date": "2024-01-01",
        "end_date": "2024-02-11",
        "granularity": "hourly",
        "decimals": 12,
        "metrics": WIDE_CLIPS,
        "layers": {"library": {"file": str(file), "use": "draw"}},
        "truth": True,
        "growth": {"trend": "monthly"},
        "archetypes": {
            name: {"growth_percent_per_month": 0}
            for name in ("web", "application", "database", "batch")
        },
    }
    return load_config(overrides=merged(values, overrides), environment={})


def values_of(config: Config, column: str = "cpu_p95") -> Floats:
    """Return the values of a column, shape (servers, days, hours)."""
    panel = sorted_scan(config)
    return panel[column].to_numpy().reshape(config.num_servers, -1, 24)


def check_mean(of_servers: Floats, expected: float) -> None:
    """Check the mean of independent servers."""
    error = of_servers.std() / np.sqrt(len(of_servers))
    assert abs(of_servers.mean() - expected) <= STANDARD_ERRORS * error + 1e-12


def test_values_have_the_quantiles_of_their_state(tmp_path: Path) -> None:
    config = library_config(tmp_path, one_row())
    values = values_of(config)
    for hours, median in ((slice(0, 12), 0.2), (slice(12, 24), 1.0)):
        of_state = values[:, :, hours]
        for position in (0, 2, 8, 13, 16):
            quantile = 10 * np.exp(median + np.round(200 * SCORES[position]) / 1000)
            share = NormalDist().cdf(SCORES[position])
            # What lies beyond the first and the last score has their values.
            edge = quantile * (1 + 1e-9 * (1 if position < 16 else -1))
            below = (of_state <= edge).mean((1, 2))
            check_mean(below, share)
    # The truth knows the mean of a state's curve.
    expected = values_of(config, "cpu_p95_expected")
    assert len(np.unique(expected)) == 2
    check_mean((values - expected).mean((1, 2)), 0)


def test_the_mean_of_a_curve_is_that_of_its_values() -> None:
    normals = np.random.default_rng(3).standard_normal((1, 10**6))
    points = np.exp(np.linspace(-2, 3, 17))[None, None]
    curves = Curves(HIGHEST_SCORE, points)
    expected = np.interp(normals, SCORES, points[0, 0])
    curves.follow(np.zeros(normals.shape, np.int32), normals)
    np.testing.assert_allclose(normals, expected, rtol=1e-12)
    error = normals.std() / 1000
    assert abs(curves.means[0, 0] - normals.mean()) < STANDARD_ERRORS * error


def scores_of(values: Floats) -> Floats:
    """Return the scores that values of the plain row come from."""
    medians = np.repeat([0.2, 1.0], 12)
    found: Floats = (np.log(values / 10) - medians) / 0.2
    return found


def test_the_season_moves_scores_by_hour_state_and_weekend(tmp_path: Path) -> None:
    season = np.zeros((4, 2, 2, 24))
    season[0, 0, 0, 3] = 10
    season[0, 1, 1, 20] = -8
    season[1] = 5
    config = library_config(tmp_path, one_row(season=season, noise_scale=80))
    scores = scores_of(values_of(config))
    weekend = np.arange(DAYS) % 7 >= 5
    for hour, is_weekend, expected in (
        (3, False, 1.0),
        (3, True, 0),
        (20, True, -0.8),
        (9, True, 0),
    ):
        check_mean(scores[:, weekend == is_weekend][:, :, hour].mean(1), expected)
    assert abs(scores[:, ~weekend, 9].std() - 0.8) < 0.04


def test_hours_are_local_and_may_be_shifted(tmp_path: Path) -> None:
    """The row is of the night up to noon; three hours later by the shift, and by its clock."""
    zones = dict.fromkeys(("US-East", "US-West", "EU", "Asia"), "Asia/Tokyo")
    local = {"layers": {"local_time": {"zones": zones}}}
    state = values_of(library_config(tmp_path, one_row(stickiness=0), **local), "state")
    busy = (state == "state_1").mean((0, 1))
    assert busy.tolist() == [float(3 <= hour < 15) for hour in range(24)]  # noon is 3:00 UTC
    shifted = {"layers": {"library": {"hour_shift": 3}}}
    state = values_of(library_config(tmp_path, one_row(stickiness=0), **shifted), "state")
    starts = (state[:, 7] == "state_1").argmax(1)
    ends = 24 - (state[:, 7, ::-1] == "state_1").argmax(1)
    assert set(np.minimum(starts, ends % 24).tolist()) <= {0, 1, 2, 3, *range(9, 16)}
    first = [
        int(np.flatnonzero((row == "state_1") & (np.roll(row, 1) != "state_1"))[0])
        for row in state[:, 7]
    ]
    assert set(first) == set(range(9, 16))


def test_parts_of_the_noise_have_their_shares_and_half_lives(tmp_path: Path) -> None:
    """cpu remembers for 400 hours with 64 %; mem is 0.6 × the same process, else its own."""
    noise = np.zeros((3, 10))
    noise[0, [0, 2]] = 60, 80
    noise[2, 0] = 80
    noise[2, 1] = 60
    noise[1, [5, 9]] = 100
    config = library_config(tmp_path, one_row(noise=noise), end_date="2024-06-30", num_servers=40)
    panel = sorted_scan(config)
    cpu, mem, disk = (
        scores_of(panel[f"{key}_p95"].to_numpy().reshape(40, -1, 24)).reshape(40, -1)
        for key in ("cpu", "mem", "disk")
    )
    for first, second, lag, expected in (
        (cpu, cpu, 0, 1.0),
        (cpu, cpu, 1, 0.64 * 2 ** (-1 / 400)),
        (cpu, cpu, 168, 0.64 * 2 ** (-168 / 400)),
        (cpu, cpu, 1200, 0.64 / 8),
        (cpu, mem, 24, 0.8 * 0.6 * 2 ** (-24 / 400)),
        (disk, disk, 4, 0.25),
    ):
        size = cpu.shape[1] - lag
        products = (first[:, :size] * second[:, lag:]).mean(1)
        check_mean(products, expected)


def test_values_lie_on_the_grid_and_are_missing_as_the_row_says(tmp_path: Path) -> None:
    row = one_row(resolution=[[0.5, 0, 20, 0]], missing=[[300, 0, 0, 0]], outages=[[20, 5]])
    panel = sorted_scan(library_config(tmp_path, row))
    cpu = panel["cpu_p95"].to_numpy().reshape(SERVERS, -1)
    known = ~np.isnan(cpu)
    assert (cpu[known] % 0.5 == 0).all()
    assert set(panel["disk_p95"].drop_nulls().unique()) <= {0.0, 20.0, 40.0, 60.0}
    mem = ~np.isnan(panel["mem_p95"].to_numpy().reshape(SERVERS, -1))
    check_mean(1 - mem.mean(1), 20 * 5 / (365.25 * 24))
    check_mean(((~known) & mem).sum(1) / mem.sum(1), 0.03)
    assert not known[~mem].any()


def test_two_states_of_two_kinds(tmp_path: Path) -> None:
    """Kinds of day come as their row says, and the hours follow them."""
    facts = FACTS.model_copy(update={"kinds": 2})
    chances = np.zeros((2, 2, 24, 2))
    chances[0, :, :, 0] = 100
    chances[1, :, :, 1] = 100
    kinds = np.array([[80, 20]] * 5 + [[30, 70]] * 2)
    others = {name: each for name, each in PLAIN.items() if name != "chances"}
    library = make_library(
        1, facts, **{**others, "chances": chances, "kinds": kinds, "kind_stickiness": 50}
    )
    state = values_of(library_config(tmp_path, library, num_servers=90), "state") == "state_1"
    assert (state.all(2) | ~state.any(2)).all()
    weekend = np.arange(DAYS) % 7 >= 5
    check_mean(state[:, ~weekend, 0].mean(1), 0.2)
    check_mean(state[:, weekend, 0].mean(1), 0.7)
    before = state[:, :-1, 0]
    stays = (
        before[:, ~weekend[1:] & ~weekend[:-1]] & state[:, 1:, 0][:, ~weekend[1:] & ~weekend[:-1]]
    )
    check_mean(stays.mean(1), 0.2 * (0.5 + 0.5 * 0.2 * 0.5 / 0.5))
