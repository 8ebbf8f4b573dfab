"""Sums over the cells of each series and stretch of the horizon: all scores are made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from capgen.scores.horizon import ALL_HORIZONS
from capgen.scores.losses import SCORES
from capgen.scores.losses.loss import Levels, Score, sum_name
from capgen.scores.models import Model
from capgen.scores.season import CHANGE, SQUARED_CHANGE

SERIES = ("metric", "server_type", "server_id")
HORIZON = "horizon"


def lines_of(model: Model) -> Iterator[tuple[Score, Levels]]:
    """Yield the scores that a model has, with the levels of the quantiles that each needs.

    Args:
        model: the model.
    """
    for score in SCORES:
        for levels in score.asks(model):
            yield score, levels


def sums_of(cells: pl.DataFrame, models: Sequence[Model], beside: Sequence[Model]) -> pl.DataFrame:
    """Sum the terms of all scores over the cells of each series and stretch.

    Args:
        cells: those that are scored.
        models: of the file.
        beside: what they are laid beside: they get the terms of all models' scores.
    """
    terms: dict[str, pl.Expr] = {}
    for model in models:
        for score, levels in lines_of(model):
            for each in (model, *beside):
                for name, term in score.terms(each, levels).items():
                    terms[sum_name(each, name)] = term.sum()
    return cells.group_by(*SERIES, HORIZON, maintain_order=True).agg(
        pl.len().alias("count"),
        pl.col(CHANGE, SQUARED_CHANGE).first(),
        **terms,
    )


def with_whole_horizon(sums: pl.DataFrame) -> pl.DataFrame:
    """Return sums with those over all stretches of each series.

    Args:
        sums: as `sums_of` returns them.
    """
    added = [
        name for name in sums.columns if name not in {*SERIES, HORIZON, CHANGE, SQUARED_CHANGE}
    ]
    whole = sums.group_by(SERIES, maintain_order=True).agg(
        pl.col(CHANGE, SQUARED_CHANGE).first(),
        pl.col(added).sum(),
        pl.lit(ALL_HORIZONS).first().alias(HORIZON),
    )
    return pl.concat([whole.select(sums.columns), sums])
