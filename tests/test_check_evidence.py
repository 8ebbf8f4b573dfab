"""What a check sums up of the values equals what Polars and NumPy make of the same rows."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capgen import build
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.exceedance import SPIKE_SD, exceedance
from capgen.quality.evidence.moments import Moments
from capgen.quality.expected.model import ArchetypeModel
from capgen.quality.source import open_source
from tests.conftest import make_config
from tests.data_faults import read, write

CONFIG = make_config(
    granularity="hourly", num_servers=40, start_date="2024-03-04", end_date="2024-03-06"
)
HOURS = pl.datetime_range(pl.datetime(2024, 3, 4), pl.datetime(2024, 3, 6, 23), "1h", eager=True)
CPU, MEM = (CONFIG.metrics[key].column for key in ("cpu", "mem"))
ODD = [math.nan, math.inf, -math.inf, None, -1.0, 101.0]


def with_odd_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Put values that lie in no clip into some rows, and move some between hours, or off all."""
    stamp = pl.col("timestamp")
    late = pl.when(stamp.dt.hour() == 23).then(pl.duration(days=9))
    odd = pl.Series(CPU, [*ODD, *rows[CPU][len(ODD) :]])
    moved = rows.with_columns(odd, timestamp=stamp + late.otherwise(pl.duration(minutes=10)))
    return moved.sample(fraction=1, shuffle=True, seed=1)


@pytest.fixture(scope="module", params=["as built", "odd"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    build(CONFIG, folder / "built")
    if request.param == "odd":
        write(with_odd_values(read(folder / "built")), folder / "odd", folder / "built")
        return folder / "odd"
    return folder / "built"


def by_hour(rows: pl.DataFrame, columns: list[pl.Expr]) -> pl.DataFrame:
    """Return something of each hour of the window, 0 where there is nothing."""
    sums = rows.group_by(hour=pl.col("timestamp").dt.truncate("1h")).agg(columns)
    hours = pl.DataFrame({"hour": HOURS})
    return hours.join(sums, on="hour", how="left", maintain_order="left").fill_null(0).drop("hour")


def is_inside(column: str) -> pl.Expr:
    return pl.col(column).is_finite() & pl.col(column).is_between(0, 100)


def test_sums_by_hour_are_those_of_values_inside_the_clip(folder: Path) -> None:
    rows = read(folder)
    with open_source(folder, None) as source:
        sums = Evidence(source, None).sums
    square = pl.col(CPU) ** 2
    for (name,), of_type in rows.group_by("server_type"):
        known = of_type.filter(is_inside(CPU))
        expected = by_hour(known, [pl.len(), pl.col(CPU).sum(), square.sum().alias("squares")])
        found = sums[str(name)]
        measured = [each[0, :-1] for each in (found.counts, found.totals, found.squares)]
        np.testing.assert_allclose(measured, expected.to_numpy().T, rtol=1e-12)
    assert sum(each.cells.sum() for each in sums.values()) == rows.height


def test_residuals_are_those_of_calm_cells_within_the_clip(folder: Path) -> None:
    with open_source(folder, None) as source:
        evidence = Evidence(source, None)
        found = evidence.residuals["web"]
        model = evidence.models[0]
    assert model.name == "web"
    rows = beside(model, read(folder).filter(server_type="web"))
    is_calm = pl.all_horizontal(
        (pl.col(f"{metric.column}.z") <= SPIKE_SD).fill_null(True)
        for metric in model.metrics
        if CONFIG.metrics[metric.source].spike_share is not None
    )
    is_free = [is_inside(name) & ~pl.col(name).is_in([0.0, 100.0]) for name in (CPU, MEM)]
    calm = rows.filter(is_calm, *is_free)
    plain = rows.filter(is_inside(CPU), is_inside(MEM))
    residual = calm.select(pl.corr(f"{CPU}.z", f"{MEM}.z")).item()
    exceeding = rows.filter(is_inside(CPU) & (pl.col(CPU) > pl.col(f"{CPU}.threshold")))
    assert found.residuals.cells(0, 1) == calm.height
    assert found.residuals.correlation(0, 1) == pytest.approx(residual, rel=1e-9)
    raw = plain.select(pl.corr(CPU, MEM)).item()
    assert found.plain.correlation(0, 1) == pytest.approx(raw, rel=1e-9)
    assert found.exceeded[0] == pytest.approx(exceeding[f"{CPU}.effect"].sum(), rel=1e-9)


def beside(model: ArchetypeModel, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the window beside what is expected of their hours."""
    expected: dict[str, pl.Series] = {"hour": HOURS}
    for metric in model.metrics:
        above = exceedance(metric)
        expected[f"{metric.column}.mean"] = pl.Series(metric.means)
        expected[f"{metric.column}.threshold"] = pl.Series(above.threshold)
        expected[f"{metric.column}.effect"] = pl.Series(above.effect)
    hour = pl.col("timestamp").dt.truncate("1h")
    both = rows.with_columns(hour=hour).join(pl.DataFrame(expected), on="hour")
    return both.with_columns(
        ((pl.col(each.column) - pl.col(f"{each.column}.mean")) / each.parts[0].sd).alias(
            f"{each.column}.z"
        )
        for each in model.metrics
    )


@given(st.integers(2, 50), st.integers(0, 2**32 - 1), st.floats(-5, 5))
def test_moments_correlate_where_both_series_have_a_value(
    size: int, seed: int, level: float
) -> None:
    random = np.random.default_rng(seed)
    values = level + random.standard_normal((2, size))
    known = random.random((2, size)) < 0.9
    both = known.all(axis=0)
    moments = Moments(2)
    for part in (slice(0, size // 2), slice(size // 2, size)):
        moments.add(np.where(known, values, math.nan)[:, part], known[:, part])
    assert moments.cells(0, 1) == both.sum()
    correlation = moments.correlation(0, 1)
    if both.sum() > 1:
        expected = np.asarray(np.corrcoef(values[:, both]))
        assert correlation == pytest.approx(expected[0, 1], abs=1e-9)
    else:
        assert correlation is None


def test_a_series_of_one_value_correlates_with_none() -> None:
    moments = Moments(2)
    known = np.ones((2, 1000), np.bool_)
    moments.add(np.stack([np.full(1000, 0.1), np.arange(1000.0)]), known)
    assert moments.correlation(0, 1) is None
