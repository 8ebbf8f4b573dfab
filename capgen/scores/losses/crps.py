"""The continuous ranked probability score, out of quantiles."""

from collections.abc import Sequence

import polars as pl

from capgen.scores.losses.loss import (
    ACTUAL,
    COUNT,
    NO_UNIT,
    OWN_UNIT,
    Levels,
    Score,
    named,
    pinball_name,
    quantile_terms,
    sum_name,
    summed,
)
from capgen.scores.models import Model

_FEWEST = 2  # quantiles
_SIZE = "size"


def _asks(model: Model) -> Sequence[Levels]:
    return [model.levels] if len(model.levels) >= _FEWEST else []


def _total(model: Model, levels: Levels) -> pl.Expr:
    losses = [summed(model, pinball_name(level)) for level in levels]
    return 2 * pl.sum_horizontal(losses) / len(levels)


def _terms_with_size(model: Model, levels: Levels) -> dict[str, pl.Expr]:
    return {**quantile_terms(model, levels), _SIZE: ACTUAL.abs()}


CRPS = Score(
    name="CRPS",
    says="continuous ranked probability score, from the quantiles that the model has: twice the "
    "mean of their pinball losses",
    asks=_asks,
    terms=quantile_terms,
    value=lambda model, levels: _total(model, levels) / COUNT,
    label=named("CRPS"),
    unit=OWN_UNIT,
)
SCALED = Score(
    name="scaled CRPS",
    says="CRPS over the mean of |y|",
    asks=_asks,
    terms=_terms_with_size,
    value=lambda model, levels: _total(model, levels) / pl.col(sum_name(model, _SIZE)),
    label=named("scaled CRPS"),
    unit=NO_UNIT,
)
