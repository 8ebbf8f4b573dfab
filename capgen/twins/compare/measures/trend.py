"""Where the values of each server go in the long run."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import VARIETY, ServerMeasure, of_metrics


def _trend(series: Series) -> Floats:
    """Return the least-squares line's rise over the window, as a share of the mean."""
    time = np.arange(series.window.steps) / series.window.steps
    count = series.count[:, None]
    centred = np.where(series.present, time, 0.0)
    centred = np.where(series.present, time - centred.sum(axis=1, keepdims=True) / count, 0.0)
    spread = np.maximum((centred**2).sum(axis=1), 1e-12)
    slope = (centred * series.centred).sum(axis=1) / spread
    rise: Floats = np.arcsinh(slope / np.maximum(np.abs(series.mean), 1e-9))
    return rise


MEASURE = ServerMeasure(
    name="trend",
    group=VARIETY,
    says="arsinh of the straight line's rise over the window, in means",
    lower="its values rise too little, or fall",
    higher="its values rise too much",
    needs=Needs(days=14),
    find=of_metrics(_trend),
)
