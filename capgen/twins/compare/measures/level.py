"""The mean of each server."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.measure import VALUES, ServerMeasure, of_metrics

_LEAST = 1e-3


def _log_mean(series: Series) -> Floats:
    return np.log(np.maximum(series.mean, _LEAST))


MEASURE = ServerMeasure(
    name="level",
    group=VALUES,
    says="log of the server's mean",
    lower="its servers run at lower levels",
    higher="its servers run at higher levels",
    find=of_metrics(_log_mean),
)
