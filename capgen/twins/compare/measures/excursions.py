"""How long each server stays above its usual values."""

import numpy as np

from capgen.timeline.epoch import MINUTES_PER_HOUR
from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import MEMORY, ServerMeasure, of_metrics
from capgen.twins.compare.runs import mean_run


def _log_hours(series: Series) -> Floats:
    steps = mean_run(series.scores > 1)
    return np.log(steps * series.window.step_minutes / MINUTES_PER_HOUR)


MEASURE = ServerMeasure(
    name="excursions",
    group=MEMORY,
    says="log of the mean length of runs above the mean + 1 standard deviation, in hours",
    lower="its high spells are too short",
    higher="its high spells are too long",
    needs=Needs(days=7),
    find=of_metrics(_log_hours),
)
