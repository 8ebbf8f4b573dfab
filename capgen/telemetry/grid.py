"""Puts a bucket's samples on its grid: a row for each step of a server, a column a metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

_MOST_SAMPLES = 2**23  # in memory; DuckDB, which may use files, makes the grid of more
_MOST_CELLS = 8  # for each sample
_NOTHING = -1


def gridded(joined: Any, metrics: Mapping[str, int], step: int) -> pl.DataFrame | None:
    """Return every step of each server from its first to its last, as `load/filled` does.

    Args:
        joined: one value for each server, metric and place, as a relation: server, metric, place,
            value.
        metrics: the metrics' numbers, by column.
        step: microseconds from place to place.

    Returns:
        Columns server, place and one for each metric; None where the grid is too large, or has
        hardly any samples.
    """
    samples = joined.project("server, metric, place, value").limit(_MOST_SAMPLES).pl()
    spans = _spans(samples, step)
    rows = int(spans["steps"].sum())
    too_sparse = rows * len(metrics) > _MOST_CELLS * samples.height
    if samples.height == _MOST_SAMPLES or too_sparse:
        return None
    found = np.full((max(metrics.values()) + 1, rows), _NOTHING, dtype=np.int32)
    found[samples["metric"], _rows(samples, spans, step)] = np.arange(samples.height)
    values = samples["value"]
    columns = {name: _gathered(values, found[number]) for name, number in metrics.items()}
    return _steps(spans, rows, step).with_columns(**columns)


def _spans(samples: pl.DataFrame, step: int) -> pl.DataFrame:
    """Return for each server its first place, its number of steps, and the row of the first."""
    spans = samples.group_by("server").agg(first=pl.min("place"), last=pl.max("place"))
    steps = (pl.col("last") - pl.col("first")) // step + 1
    spans = spans.sort("server").with_columns(steps=steps)
    return spans.with_columns(row=pl.col("steps").cum_sum() - pl.col("steps"))


def _rows(samples: pl.DataFrame, spans: pl.DataFrame, step: int) -> Any:
    """Return the row of each sample."""
    before = np.zeros(spans["server"][-1] + 1, dtype=np.int64)
    before[spans["server"]] = spans["row"] - spans["first"] // step
    return before[samples["server"]] + samples["place"].to_numpy() // step


def _steps(spans: pl.DataFrame, rows: int, step: int) -> pl.DataFrame:
    steps = spans["steps"].to_numpy()
    since = np.arange(rows) - np.repeat(spans["row"], steps)
    return pl.DataFrame(
        {
            "server": np.repeat(spans["server"], steps),
            "place": np.repeat(spans["first"], steps) + since * step,
        }
    )


def _gathered(values: pl.Series, positions: Any) -> pl.Series:
    chosen = pl.Series(positions)
    return values.gather(chosen.set(chosen == _NOTHING, None))
