"""Scores by metric, archetype and horizon, each beside what others get on the same cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from capgen.scores.horizon import ORDER
from capgen.scores.losses import SCORES
from capgen.scores.losses.loss import Levels, Score
from capgen.scores.models import Model
from capgen.scores.sums import lines_of

ALL = "all"
_GROUPS = ("metric", "archetype", "horizon")
_VALUES = ("value", "naive", "best")
COLUMNS = (
    *("score", "metric", "archetype", "horizon", "model"),
    *("value", "naive", "best", "times_naive", "times_best", "series"),
)


def figures(
    sums: pl.DataFrame, models: Sequence[Model], naive: Model, best: Model | None
) -> pl.DataFrame:
    """Return all scores.

    Args:
        sums: of all series, with those of the whole horizon; null where a model says nothing.
        models: of the file.
        naive: the seasonal naive forecast.
        best: the best possible one, if there is any.

    Returns:
        A row for each score, metric, archetype, horizon and model.
    """
    rows = []
    for model in models:
        for score, levels in lines_of(model):
            series = _series(sums, score, levels, model, naive, best)
            groups = _groups(series, score)
            rows += [_named(group, score, levels, model) for group in groups]
    return pl.concat(rows)


def _series(
    sums: pl.DataFrame,
    score: Score,
    levels: Levels,
    model: Model,
    naive: Model,
    best: Model | None,
) -> pl.DataFrame:
    """Return a score of each series, where it has one."""
    nothing = pl.lit(None, pl.Float64)
    of_best = nothing if best is None else score.value(best, levels)
    found = sums.select(
        "metric",
        "horizon",
        pl.col("server_type").alias("archetype"),
        value=score.value(model, levels),
        naive=score.value(naive, levels),
        best=of_best,
    )
    return found.filter(pl.col("value").is_finite())


def _groups(series: pl.DataFrame, score: Score) -> Iterator[pl.DataFrame]:
    """Yield the means over the series of each archetype, and of all."""
    metrics = (series, series.with_columns(metric=pl.lit(ALL))) if score.is_shared else (series,)
    for of_metrics in metrics:
        for rows in (of_metrics.with_columns(archetype=pl.lit(ALL)), of_metrics):
            means = [pl.col(name).mean() for name in _VALUES]
            yield rows.group_by(_GROUPS, maintain_order=True).agg(*means, series=pl.len())


def _named(group: pl.DataFrame, score: Score, levels: Levels, model: Model) -> pl.DataFrame:
    ratio = pl.lit(None, pl.Float64)
    times = {
        f"times_{other}": _ratio(other) if score.is_ratio else ratio for other in ("naive", "best")
    }
    named = group.with_columns(score=pl.lit(score.label(levels)), model=pl.lit(model.name), **times)
    return named.select(COLUMNS)


def _ratio(other: str) -> pl.Expr:
    return pl.when(pl.col(other) > 0).then(pl.col("value") / pl.col(other))


def in_order(
    rows: pl.DataFrame,
    metrics: Sequence[str],
    archetypes: Sequence[str],
    models: Sequence[Model],
) -> pl.DataFrame:
    """Return scores in the order in which they are read.

    Args:
        rows: as `figures` returns them.
        metrics: names in their order.
        archetypes: names in their order.
        models: in their order.
    """
    orders = {
        "metric": [ALL, *metrics],
        "archetype": [ALL, *archetypes],
        "horizon": ORDER,
        "score": _labels(models),
        "model": [model.name for model in models],
    }
    return rows.sort(
        pl.col(column).replace_strict({name: place for place, name in enumerate(names)})
        for column, names in orders.items()
    )


def _labels(models: Sequence[Model]) -> list[str]:
    return [
        score.label(levels)
        for score in SCORES
        for levels in sorted({each for model in models for each in score.asks(model)})
    ]
