"""How far the highest values of each server lie above its mean."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.measure import VALUES, ServerMeasure, of_metrics

_LEVEL = 0.99
_LEAST = 1e-3


def _log_tail(series: Series) -> Floats:
    mean = np.maximum(np.abs(series.mean), 1e-9)
    return np.log(np.maximum(series.quantile(_LEVEL) / mean, _LEAST))


MEASURE = ServerMeasure(
    name="P99 over mean",
    group=VALUES,
    says="log of the 99th percentile over the mean",
    lower="its peaks are too low",
    higher="its peaks are too high",
    find=of_metrics(_log_tail),
)
