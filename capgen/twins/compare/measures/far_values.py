"""How often each server has values far above its mean."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.measure import VALUES, ServerMeasure, of_metrics

_FAR = 3  # standard deviations


def _root_share(series: Series) -> Floats:
    return np.sqrt(series.share(series.scores > _FAR))


MEASURE = ServerMeasure(
    name="share above 3 sd",
    group=VALUES,
    says="root of the share of values above the mean + 3 standard deviations",
    lower="it has too few far values",
    higher="it has too many far values",
    find=of_metrics(_root_share),
)
