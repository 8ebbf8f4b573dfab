"""The seasonal naive forecast: what was there a season ago, a week by default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import NormalDist

import polars as pl

from capgen.scores.models import Model

WEEK = timedelta(days=7)
NAIVE = "seasonal naive"
CHANGE = "season_change"
SQUARED_CHANGE = "season_squared_change"
_BY_SERVER = "server_id"
_EPOCH = datetime(1970, 1, 1)


def season_text(step: timedelta) -> str:
    """Return the season's length in words.

    Args:
        step: length of a step.
    """
    return "168 hours" if step < timedelta(days=1) else "7 days"


def naive_model(levels: Iterable[float]) -> Model:
    """Return the seasonal naive forecast as a model.

    Args:
        levels: of its quantiles.
    """
    return Model(NAIVE, NAIVE, {level: f"{NAIVE} {level:g}" for level in levels})


def with_naive(
    rows: pl.DataFrame, metrics: Sequence[str], start: datetime, step: timedelta
) -> pl.DataFrame:
    """Return the cells to be forecast, with the seasonal naive forecast.

    It is the last value that is there a whole number of weeks before, and its changes over a week
    are those of the past.

    Args:
        rows: all rows of some servers, sorted by server_id and timestamp, on a full grid.
        metrics: names of the metrics' columns.
        start: the first step that is not known.
        step: length of a step.

    Returns:
        Columns server_id, server_type, timestamp, metric, y, `seasonal naive`, season_change and
        season_squared_change: means over the server's past.
    """
    season = WEEK // step
    since_epoch = (pl.col("timestamp") - _EPOCH).dt.total_microseconds()
    place = since_epoch // (step // timedelta(microseconds=1))
    first = (start - _EPOCH) // step
    placed = rows.with_columns(place=place - first, phase=place % season)
    return pl.concat([_of_metric(placed, metric, season) for metric in metrics])


def _of_metric(rows: pl.DataFrame, metric: str, season: int) -> pl.DataFrame:
    value = pl.col(metric)
    known = pl.when(pl.col("place") < 0).then(value)
    change = (known - known.shift(season).over(_BY_SERVER)).alias("change")
    found = rows.with_columns(change, known.alias("known")).with_columns(
        pl.col("known").forward_fill().over(_BY_SERVER, "phase").alias(NAIVE),
        pl.col("change").abs().mean().over(_BY_SERVER).alias(CHANGE),
        (pl.col("change") ** 2).mean().over(_BY_SERVER).alias(SQUARED_CHANGE),
    )
    return found.filter(pl.col("place") >= 0).select(
        "server_id",
        "server_type",
        "timestamp",
        pl.lit(metric).alias("metric"),
        value.alias("y"),
        NAIVE,
        CHANGE,
        SQUARED_CHANGE,
        seasons_ahead=pl.col("place") // season + 1,
    )


def naive_quantiles(naive: Model) -> list[pl.Expr]:
    """Return the quantiles of the naive forecast, whose error is normal.

    Its variance is that of a season's change in the past, times the number of seasons ahead.

    Args:
        naive: as `naive_model` returns it.
    """
    spread = (pl.col(SQUARED_CHANGE) * pl.col("seasons_ahead")).sqrt()
    return [
        (pl.col(NAIVE) + NormalDist().inv_cdf(level) * spread).alias(column)
        for level, column in naive.quantiles.items()
    ]
