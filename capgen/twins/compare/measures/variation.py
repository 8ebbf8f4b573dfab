"""How much the values of each server vary."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.measure import VALUES, ServerMeasure, of_metrics

_LEAST = 1e-3


def _log_variation(series: Series) -> Floats:
    mean = np.maximum(np.abs(series.mean), 1e-9)
    return np.log(np.maximum(series.sd / mean, _LEAST))


MEASURE = ServerMeasure(
    name="variation",
    group=VALUES,
    says="log of the standard deviation over the mean",
    lower="its values vary too little",
    higher="its values vary too much",
    find=of_metrics(_log_variation),
)
