"""How often values are missing, and for how long."""

import numpy as np

from capgen.timeline.epoch import MINUTES_PER_HOUR
from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.measure import GAPS, LEAST_SHARE, ServerMeasure, of_metrics
from capgen.twins.compare.runs import mean_run


def _missing(series: Series) -> Floats:
    share: Floats = 1 - series.present.mean(axis=1)
    return share


def _log_hours(series: Series) -> Floats:
    steps = mean_run(~series.present)
    return np.log(steps * series.window.step_minutes / MINUTES_PER_HOUR)


RATE = ServerMeasure(
    name="gaps",
    group=GAPS,
    says="share of steps without a value",
    lower="too few of its values are missing",
    higher="too many of its values are missing",
    find=of_metrics(_missing),
    least_sd=LEAST_SHARE,
)
LENGTH = ServerMeasure(
    name="length of gaps",
    group=GAPS,
    says="log of the mean length of runs without a value, in hours; of servers that have some",
    lower="its gaps are too short",
    higher="its gaps are too long",
    find=of_metrics(_log_hours),
)
