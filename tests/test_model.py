"""The panel is the documented model: level, spread, correlation, spikes, clips, another way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from capgen import Config, load_config, scan
from capgen.draws.correlation import correlation_matrix
from capgen.panel.cell.metrics import Recording
from tests.conftest import deep, make_config
from tests.estimates import STANDARD_ERRORS, Floats
from tests.panels import WIDE

HALF_A_UNIT = 0.005  # values are rounded to two decimals

GPU = """
metrics:
  gpu:
    column: gpu_p95
    unit: percent
    clip: [0, 100]
    response: {business_hours: 1, weekend: 0.5, eoq: 1, growth: 1}
    spike_share: 0.9
archetypes:
  web: {base: {gpu: 10}, sd: {gpu: 6}, correlation: {cpu~gpu: 0.3}}
  application: {base: {gpu: 40}, sd: {gpu: 12}, correlation: {gpu~mem: 0.4}}
  database: {base: {gpu: 5}, sd: {gpu: 2}}
  batch: {base: {gpu: 60}, sd: {gpu: 20}, correlation: {gpu~cpu: 0.5}}
"""


@dataclass(frozen=True)
class Views:
    """One panel seen three times: without spikes and clips, without clips, and as it is."""

    config: Config
    raw: pl.DataFrame
    spiked: pl.DataFrame
    final: pl.DataFrame

    @cached_property
    def means(self) -> dict[tuple[str, str], Floats]:
        """The mean of each drawn metric of each archetype, at each hour of 2024."""
        return {
            (archetype, key): expected_means(self.config, archetype, key)
            for archetype in self.config.archetypes
            for key in self.config.drawn_metrics
        }

    def cells(self, archetype: str, frame: pl.DataFrame, column: str) -> Floats:
        values: Floats = frame.filter(pl.col("server_type") == archetype)[column].to_numpy()
        return values

    def spikes(self, archetype: str) -> NDArray[np.bool_]:
        """Tell which cells a spike fell on: those where any metric moved; one at zero does not."""
        columns = [self.config.metrics[key].column for key in self.config.drawn_metrics]
        moved = [
            self.cells(archetype, self.raw, column) != self.cells(archetype, self.spiked, column)
            for column in columns
        ]
        return np.logical_or.reduce(moved)  # type: ignore[no-any-return]


# The panel with a metric more holds all of the default's, and what it does to them.
@pytest.fixture(scope="module", params=[pytest.param("default", marks=deep), "gpu"])
def views(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Views:
    file = tmp_path_factory.mktemp("config") / "config.yaml"
    file.write_text(GPU if request.param == "gpu" else "", encoding="utf-8")
    window = {
        "num_servers": 20,
        "granularity": "hourly",
        "start_date": "2024-01-01",
        "end_date": "2024-12-31",
    }
    config = load_config(file, overrides=window, environment={})
    wide = {**window, "metrics": {key: {"clip": WIDE} for key in config.metrics}}
    calm = {
        **wide,
        "archetypes": {name: {"spike": {"probability": 0}} for name in config.archetypes},
    }
    frames = [
        scan(load_config(file, overrides=overrides, environment={})).collect()
        for overrides in (calm, wide, window)
    ]
    return Views(config, *frames)


def test_columns(views: Views) -> None:
    metrics = [metric.column for metric in views.config.metrics.values()]
    assert views.final.columns[2 : 2 + len(metrics)] == metrics
    assert views.final.width == 14 + len(metrics)
    assert ("gpu_p95" in views.final.columns) == ("gpu" in views.config.metrics)


def eoq_factor(day: date) -> float:
    month_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    left = (month_end - day).days
    return 1 + 0.3 * (5 - left) / 5 if day.month % 3 == 0 and left < 5 else 1.0


def holiday_factor(day: date) -> float:
    table = {(1, 1): 0.5, (7, 4): 0.7, (12, 24): 0.7}
    table |= {(11, day): 0.7 for day in range(22, 29)} | {(12, day): 0.6 for day in range(25, 32)}
    return table.get((day.month, day.day), 1.0)


def expected_means(config: Config, archetype: str, key: str) -> Floats:
    """Work out the mean of a metric at each hour of 2024, from formula and calendar alone."""
    model = config.archetypes[archetype]
    response = config.metrics[key].response
    days = [date(2024, 1, 1) + timedelta(days=day) for day in range(366)]
    is_office = (np.arange(24) >= 9) & (np.arange(24) <= 17)
    by_hour = 1 + response.business_hours * (model.business_hours_factor - 1) * is_office
    by_day = [
        (1 + response.weekend * (model.weekend_factor - 1) * (day.weekday() >= 5))
        * (1 + response.eoq * (eoq_factor(day) - 1))
        * (1 + response.holiday * (holiday_factor(day) - 1))
        for day in days
    ]
    passed = np.arange(366 * 24) / (366 * 24)
    growth = 1 + response.growth * model.growth_percent_per_month / 100 * passed
    means: Floats = model.base[key] * np.outer(by_day, by_hour).ravel() * growth
    return means


def drawn(views: Views) -> Iterator[tuple[str, str, str, Floats]]:
    """Yield each archetype, metric and column with the expected mean of each of its cells."""
    for (archetype, key), means in views.means.items():
        column = views.config.metrics[key].column
        servers = views.cells(archetype, views.raw, column).size // means.size
        yield archetype, key, column, np.tile(means, servers)


def off_by(values: Floats) -> float:
    """Return how many standard errors a sample's mean lies from zero."""
    return float(abs(values.mean()) / (values.std() / math.sqrt(values.size)))


def test_mean_and_sd_of_every_cell_before_spikes_and_clips(views: Views) -> None:
    for archetype, key, column, means in drawn(views):
        residuals = views.cells(archetype, views.raw, column) - means
        sd = views.config.archetypes[archetype].sd[key]
        assert off_by(residuals) < STANDARD_ERRORS, (archetype, key)
        assert off_by(residuals**2 - sd**2) < STANDARD_ERRORS, (archetype, key)


def density(z: Floats) -> Floats:
    result: Floats = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return result


def cumulative(z: Floats) -> Floats:
    return np.array([math.erfc(-each / math.sqrt(2)) / 2 for each in z.tolist()])


def truncated_moments(means: Floats, sd: float, low: float, high: float) -> tuple[Floats, Floats]:
    """Return mean and variance of a normal given that it lies inside the clip."""
    levels, which = np.unique(means, return_inverse=True)
    a = (low + HALF_A_UNIT - levels) / sd
    b = (high - HALF_A_UNIT - levels) / sd
    inside = cumulative(b) - cumulative(a)
    shift = (density(a) - density(b)) / inside
    variance = sd**2 * (1 + (a * density(a) - b * density(b)) / inside - shift**2)
    return (levels + sd * shift)[which], variance[which]


def test_mean_and_sd_of_cells_neither_clipped_nor_spiked(views: Views) -> None:
    for archetype, key, column, means in drawn(views):
        low, high = views.config.metrics[key].clip
        final = views.cells(archetype, views.final, column)
        kept = ~views.spikes(archetype) & (final > low) & (final < high)
        expected, variance = truncated_moments(
            means, views.config.archetypes[archetype].sd[key], low, high
        )
        residuals = final[kept] - expected[kept]
        assert off_by(residuals) < STANDARD_ERRORS, (archetype, key)
        assert off_by(residuals**2 - variance[kept]) < STANDARD_ERRORS, (archetype, key)


def test_correlation_of_residuals(views: Views) -> None:
    for archetype, model in views.config.archetypes.items():
        residuals = [
            views.cells(archetype, views.raw, column) - means
            for name, _, column, means in drawn(views)
            if name == archetype
        ]
        target = correlation_matrix(model.correlation, views.config.drawn_metrics, repair=False)
        tolerance = STANDARD_ERRORS / math.sqrt(residuals[0].size)
        np.testing.assert_allclose(np.corrcoef(residuals), target, atol=tolerance)


def test_spikes_have_their_rate_and_fall_on_all_metrics_at_once(views: Views) -> None:
    for archetype, model in views.config.archetypes.items():
        spikes = views.spikes(archetype)
        rate = model.spike.probability
        standard_error = math.sqrt(rate * (1 - rate) / spikes.size)
        assert abs(spikes.mean() - rate) < STANDARD_ERRORS * standard_error, archetype
        for metric in views.config.metrics.values():
            if metric.spike_share is not None:
                raw, spiked = (
                    views.cells(archetype, values, metric.column)[spikes]
                    for values in (views.raw, views.spiked)
                )
                factor = model.spike.magnitude * metric.spike_share
                tolerance = HALF_A_UNIT * (1 + factor) + 1e-9
                np.testing.assert_allclose(spiked, raw * factor, atol=tolerance, rtol=0)


def test_disk_has_no_spikes(views: Views) -> None:
    assert views.raw["disk_p95"].equals(views.spiked["disk_p95"])


def test_final_value_is_the_clipped_one(views: Views) -> None:
    for metric in views.config.metrics.values():
        clipped = views.spiked[metric.column].clip(*metric.clip)
        assert (views.final[metric.column] == clipped).all(), metric.column


@pytest.mark.parametrize("clip", [[0, 100], [-50, 60], [2, 70]])
@pytest.mark.parametrize("decimals", [0, 2, 12])
def test_recorded_values_are_clipped_and_rounded_and_no_zero_is_negative(
    clip: list[float], decimals: int
) -> None:
    metrics = make_config(metrics={"cpu": {"clip": clip}}).metrics
    small = [0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 0.004, -0.004, 0.5, -0.5]
    values = np.array([*small, 3.0, -4.0, 1e9, -1e9, np.nan])
    expected = np.round(np.minimum(np.maximum(values, clip[0]), clip[1]), decimals) + 0.0
    Recording(metrics, decimals, {}).record({"cpu": values})
    assert values.tobytes() == expected.tobytes()


def test_net_out_is_derived_from_net_in_before_its_clip(views: Views) -> None:
    expected = (views.spiked["net_in_p95"] * 0.6).clip(0, 600)
    off = (views.final["net_out_p95"] - expected).abs().max()
    assert off <= 2 * HALF_A_UNIT + 1e-9  # type: ignore[operator]


def test_repaired_correlation_is_what_comes_out(tmp_path: Path) -> None:
    file = tmp_path / "impossible.yaml"
    file.write_text(
        "repair_correlation: true\narchetypes: {web: {correlation: {mem~disk: 0.7}}}\n",
        encoding="utf-8",
    )
    calm = {
        "metrics": {key: {"clip": WIDE} for key in ("cpu", "mem", "disk", "net_in")},
        "archetypes": {"web": {"spike": {"probability": 0}}},
    }
    config = load_config(file, overrides=calm, environment={})
    frame = scan(config).filter(pl.col("server_type") == "web", pl.col("is_weekend") == 0).collect()
    measured = np.corrcoef([frame[f"{key}_p95"] for key in ("mem", "disk")])[0, 1]
    assert 0.6 < measured < 0.7
