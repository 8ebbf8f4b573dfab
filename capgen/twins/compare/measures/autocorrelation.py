"""How alike the values of each server are to those some hours earlier."""

from collections.abc import Callable

import numpy as np

from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_HOUR
from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import MEMORY, ServerMeasure, of_metrics
from capgen.twins.compare.ratios import ratio

_TIMES_THE_LAG = 3  # that a panel must be long


def _at_lag(hours: int) -> Callable[[Series], Floats]:
    def correlation(series: Series) -> Floats:
        lag = int(series.window.steps_in(hours))
        early = _centred(series, slice(None, -lag), slice(lag, None))
        late = _centred(series, slice(lag, None), slice(None, -lag))
        together = (early * late).sum(axis=1)
        return ratio(together, np.sqrt((early**2).sum(axis=1) * (late**2).sum(axis=1)))

    return correlation


def _centred(series: Series, steps: slice, others: slice) -> Floats:
    """Return values less their mean, where both they and their partners are there; else 0."""
    both = series.present[:, steps] & series.present[:, others]
    count = np.maximum(both.sum(axis=1), 1)
    values = np.where(both, series.values[:, steps], 0.0)
    mean = values.sum(axis=1) / count
    return np.where(both, values - mean[:, None], 0.0)


def _measure(hours: int) -> ServerMeasure:
    return ServerMeasure(
        name=f"autocorrelation {hours} h",
        group=MEMORY,
        says=f"correlation of the values with those {hours} h earlier",
        lower=f"it forgets too much within {hours} h",
        higher=f"it remembers too much over {hours} h",
        needs=Needs(
            days=max(_TIMES_THE_LAG * hours // HOURS_PER_DAY, 1),
            step_minutes=hours * MINUTES_PER_HOUR,
        ),
        find=of_metrics(_at_lag(hours)),
    )


MEASURES = tuple(map(_measure, (1, 6, 24, 168)))
