"""How lopsided the values of each server are."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.measure import VALUES, ServerMeasure, of_metrics


def _skew(series: Series) -> Floats:
    skew: Floats = np.arcsinh((series.scores**2 * series.scores).sum(axis=1) / series.count)
    return skew


MEASURE = ServerMeasure(
    name="skew",
    group=VALUES,
    says="arsinh of the third standardised moment",
    lower="its values reach less far up, or further down, from their mean",
    higher="its values reach further up, or less far down, from their mean",
    find=of_metrics(_skew),
)
