"""The root of the mean squared error."""

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

_ERROR = "squared error"


def squared_error(model: Model, _levels: Levels) -> dict[str, pl.Expr]:
    """Return the squared error of a cell, by name."""
    return {_ERROR: (ACTUAL - pl.col(str(model.centre))) ** 2}


def mean_squared_error(model: Model, _levels: Levels) -> pl.Expr:
    """Return the mean squared error of a series."""
    return summed(model, _ERROR) / COUNT


SCORE = Score(
    name="RMSE",
    says="root mean squared error: √ of the mean of (y − ŷ)²",
    asks=once_with_middle,
    terms=squared_error,
    value=lambda model, levels: mean_squared_error(model, levels).sqrt(),
    label=named("RMSE"),
    unit=OWN_UNIT,
)
