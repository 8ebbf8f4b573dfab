"""Each value follows from the truth, and the clean twin differs where the truth says so."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

from tests.conftest import make_config
from tests.estimates import Floats, present
from tests.everything import EVERYTHING, LAYERS, LISTED
from tests.panels import METRICS, TRUTH, WIDE_CLIPS, merged, sorted_scan

EXACT: dict[str, Any] = {
    "num_servers": 16,
    "granularity": "hourly",
    "start_date": "2023-12-10",
    "end_date": "2024-01-20",
    "decimals": 12,
    "metrics": WIDE_CLIPS,
    "truth": True,
}
KEYS = ["cpu", "mem", "disk", "net_in"]
TOLERANCE = 1e-6
EVENTS: dict[str, Any] = {**LAYERS["events"]["random"], **LISTED}


@functools.cache
def everything() -> pl.DataFrame:
    return sorted_scan(make_config(**merged(EVERYTHING, EXACT)))


@functools.cache
def undisturbed() -> dict[str, Floats]:
    """Return expected + sd × noise of each drawn metric, the noise of a panel without any layer."""
    calm = {
        name: {"spike": {"probability": 0}} for name in ("web", "application", "database", "batch")
    }
    plain = sorted_scan(make_config(**EXACT, archetypes=calm))
    return {
        key: (
            plain[f"{key}_p95"] - plain[f"{key}_p95_expected"] + everything()[f"{key}_p95_expected"]
        ).to_numpy()
        for key in KEYS
    }


def names_of(event_ids: str | None) -> list[str]:
    return [each.split(":")[0] for each in event_ids.split("+")] if event_ids else []


def event_factors(key: str) -> Floats:
    """Return what events multiply the cells of a metric by, leaks left out."""

    def factor(names: list[str]) -> float:
        touching = [
            EVENTS[event]
            for event in names
            if key in EVENTS[event].get("metrics", KEYS) and event != "leak"
        ]
        return math.prod(float(each.get("magnitude", 0)) for each in touching)

    return np.array([factor(names_of(each)) for each in everything()["event_id"]])


def has_leak() -> NDArray[np.bool_]:
    return np.array(["leak" in names_of(each) for each in everything()["event_id"]])


def spike_factors(key: str) -> Floats:
    """Return what a spike may multiply by: by chance, scheduled, both; shape (cells, 3)."""
    config = make_config()
    share = config.metrics[key].spike_share
    if share is None:
        return np.ones((everything().height, 3))
    by_chance = np.array(
        [config.archetypes[each].spike.magnitude * share for each in everything()["server_type"]]
    )
    scheduled_share = 1.5 * share
    is_scheduled = everything()["server_type"].is_in(["web", "batch"]).to_numpy()
    of_schedule = np.where(is_scheduled, scheduled_share, by_chance)
    return np.stack(
        [by_chance, of_schedule, np.where(is_scheduled, by_chance * scheduled_share, by_chance)],
        axis=1,
    )


def check_cells(where: NDArray[np.bool_], key: str, factors: Floats | float) -> None:
    values = everything()[f"{key}_p95"].to_numpy()
    where = where & ~np.isnan(values)
    assert where.sum() > 20
    wanted = undisturbed()[key] * factors
    np.testing.assert_allclose(values[where], wanted[where], rtol=0, atol=TOLERANCE)


def truth_flags() -> tuple[NDArray[np.bool_], ...]:
    panel = everything()
    is_spike, is_outlier = (panel[each].to_numpy() == 1 for each in ("is_spike", "is_outlier"))
    return is_spike, is_outlier, panel["event_id"].is_not_null().to_numpy()


@pytest.mark.parametrize("key", KEYS)
def test_a_cell_to_which_nothing_happens_is_its_mean_plus_noise(key: str) -> None:
    is_spike, is_outlier, is_event = truth_flags()
    check_cells(~is_spike & ~is_outlier & ~is_event, key, 1.0)


@pytest.mark.parametrize("key", KEYS)
def test_an_event_multiplies_by_its_factor(key: str) -> None:
    is_spike, is_outlier, is_event = truth_flags()
    is_leaking = has_leak() if key == "mem" else np.zeros_like(is_event)
    check_cells(~is_spike & ~is_outlier & is_event & ~is_leaking, key, event_factors(key))


def test_a_leak_multiplies_by_at_most_its_magnitude() -> None:
    is_spike, _, _ = truth_flags()
    factors = event_factors("mem")
    is_alone = np.array([names_of(each).count("leak") == 1 for each in everything()["event_id"]])
    where = ~is_spike & is_alone & (factors != 0) & everything()["mem_p95"].is_not_null().to_numpy()
    ratio = everything()["mem_p95"].to_numpy()[where] / (undisturbed()["mem"] * factors)[where]
    assert where.sum() > 100
    assert ratio.min() >= 1 - TOLERANCE
    assert 1.6 < ratio.max() <= 1.7 + TOLERANCE


@pytest.mark.parametrize("key", KEYS)
def test_a_spike_multiplies_by_its_magnitude_and_the_share_of_the_metric(key: str) -> None:
    is_spike, is_outlier, is_event = truth_flags()
    where = is_spike & ~is_outlier & ~is_event & everything()["net_in_p95"].is_not_null().to_numpy()
    off = (
        undisturbed()["net_in"][:, None] * spike_factors("net_in")
        - everything()["net_in_p95"].to_numpy()[:, None]
    )[where]
    kinds = np.argmin(np.abs(off), axis=1)
    assert np.abs(off).min(axis=1).max() < TOLERANCE
    factors = np.ones(where.size)
    factors[where] = np.take_along_axis(spike_factors(key)[where], kinds[:, None], axis=1)[:, 0]
    assert set(kinds) == {0, 1, 2}
    check_cells(where, key, factors)


def test_an_outlier_is_too_high_or_low_by_its_magnitude() -> None:
    is_spike, is_outlier, is_event = truth_flags()
    panel = everything()
    present_cells = (
        panel["cpu_p95"].is_not_null()
        & panel["net_out_p95"].is_not_null()
        & panel["net_in_p95"].is_not_null()
    )
    where = ~is_spike & ~is_event & present_cells.to_numpy()
    cpu = (panel["cpu_p95"].to_numpy() / undisturbed()["cpu"])[where].round(6)
    outward = (panel["net_out_p95"] / panel["net_in_p95"] / 0.6).to_numpy()[where].round(6)
    assert set(cpu) == {0.0, 1.0, 1.6}
    assert set(outward) == {1.0, 1.6}
    assert (((cpu != 1) | (outward != 1)) == is_outlier[where]).all()
    check_cells(~is_spike & ~is_event & is_outlier, "mem", 1.0)


def test_values_are_clipped_and_rounded_at_the_end() -> None:
    usual = {"decimals": 2, "metrics": {}}
    panel = sorted_scan(make_config(**merged(EVERYTHING, {**EXACT, **usual})))
    config = make_config()
    for metric in config.metrics.values():
        whole = present(everything()[metric.column])
        np.testing.assert_allclose(
            present(panel[metric.column]), np.clip(whole, *metric.clip).round(2), atol=1e-9
        )
        assert (panel[metric.column].is_null() == everything()[metric.column].is_null()).all()
    means = TRUTH[: len(METRICS)]
    assert_frame_equal(panel.select(means), everything().select(means), check_exact=True)


def test_the_mean_of_a_derived_metric_follows_its_source() -> None:
    np.testing.assert_allclose(
        everything()["net_out_p95_expected"],
        everything()["net_in_p95_expected"].to_numpy() * 0.6,
        rtol=1e-12,
    )


@functools.cache
def twin() -> pl.DataFrame:
    return sorted_scan(make_config(**merged(EVERYTHING, EXACT)).clean_twin())


def test_the_clean_twin_differs_only_where_the_truth_says_so() -> None:
    panel = everything()
    _, is_outlier, is_event = truth_flags()
    changed = np.logical_or.reduce(
        [panel[each].ne_missing(twin()[each]).to_numpy() for each in METRICS]
    )
    missing = panel.select(pl.any_horizontal(pl.col(METRICS).is_null())).to_series().to_numpy()
    dead = twin()["cpu_p95"].is_null().to_numpy()
    assert not (changed & ~(is_outlier | is_event | missing)).any()
    assert not (~changed & (is_outlier | is_event | missing) & ~dead).any()


def test_the_clean_twin_keeps_everything_else() -> None:
    kept = [each for each in everything().columns if each not in {*METRICS, *TRUTH[len(METRICS) :]}]
    assert_frame_equal(twin().select(kept), everything().select(kept), check_exact=True)
    whole = ~everything().select(pl.any_horizontal(pl.col(METRICS).is_null())).to_series()
    assert everything().filter(whole)["is_spike"].equals(twin().filter(whole)["is_spike"])
    assert twin()["event_id"].null_count() == twin().height
    assert twin()["is_outlier"].sum() == 0
    dead = twin().select(
        pl.any_horizontal(pl.col(METRICS).is_null()) != pl.all_horizontal(pl.col(METRICS).is_null())
    )
    assert dead.to_series().sum() == 0
