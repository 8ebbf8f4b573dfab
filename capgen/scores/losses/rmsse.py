"""The root of the mean squared error, scaled by what a season changes."""

from capgen.scores.losses.loss import NO_UNIT, SQUARED_CHANGE, Score, named, once_with_middle
from capgen.scores.losses.rmse import mean_squared_error, squared_error

SCORE = Score(
    name="RMSSE",
    says="root mean squared scaled error: √ of the mean of (y − ŷ)² over the mean of "
    "(y(t) − y(t − season))² of the same series before the first forecast",
    asks=once_with_middle,
    terms=squared_error,
    value=lambda model, levels: (mean_squared_error(model, levels) / SQUARED_CHANGE).sqrt(),
    label=named("RMSSE"),
    unit=NO_UNIT,
)
