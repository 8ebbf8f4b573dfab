"""The mean absolute error, scaled by what a season changes."""

from capgen.scores.losses.loss import CHANGE, NO_UNIT, Score, named, once_with_middle
from capgen.scores.losses.mae import absolute_error, mean_absolute_error

SCORE = Score(
    name="MASE",
    says="mean absolute scaled error: MAE over the mean of |y(t) − y(t − season)| of the same "
    "series before the first forecast",
    asks=once_with_middle,
    terms=absolute_error,
    value=lambda model, levels: mean_absolute_error(model, levels) / CHANGE,
    label=named("MASE"),
    unit=NO_UNIT,
)
