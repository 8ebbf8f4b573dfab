"""The mean absolute error."""

import polars as pl

from capgen.scores.losses.loss import (
    ACTUAL,
    COUNT,
    OWN_UNIT,
    Levels,
    Score,
    named,
    once_with_middle,
    summed,
)
from capgen.scores.models import Model

_ERROR = "absolute error"


def absolute_error(model: Model, _levels: Levels) -> dict[str, pl.Expr]:
    """Return the absolute error of a cell, by name."""
    return {_ERROR: (ACTUAL - pl.col(str(model.middle))).abs()}


def mean_absolute_error(model: Model, _levels: Levels) -> pl.Expr:
    """Return the mean absolute error of a series."""
    return summed(model, _ERROR) / COUNT


SCORE = Score(
    name="MAE",
    says="mean absolute error: mean of |y − ŷ|",
    asks=once_with_middle,
    terms=absolute_error,
    value=mean_absolute_error,
    label=named("MAE"),
    unit=OWN_UNIT,
)
