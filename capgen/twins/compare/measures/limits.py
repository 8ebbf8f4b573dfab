"""How often each server is at its lowest and at its highest value."""

import numpy as np

from capgen.twins.compare.cells import Bools, Floats, Series
from capgen.twins.compare.measure import LEAST_SHARE, VALUES, ServerMeasure, of_metrics


def _at_lowest(series: Series) -> Floats:
    return _repeated(series, series.values == series.lowest[:, None])


def _at_highest(series: Series) -> Floats:
    return _repeated(series, series.values == series.highest[:, None])


def _repeated(series: Series, is_at_limit: Bools) -> Floats:
    """Return the share of values at a limit; the one that each server has does not count."""
    again = np.maximum(is_at_limit.sum(axis=1) - 1, 0)
    share: Floats = again / series.count
    return share


FLOOR = ServerMeasure(
    name="share at the floor",
    group=VALUES,
    says="share of values that repeat the server's lowest",
    lower="it is too seldom at its lowest value",
    higher="it is too often at its lowest value",
    find=of_metrics(_at_lowest),
    least_sd=LEAST_SHARE,
)
CEILING = ServerMeasure(
    name="share at the ceiling",
    group=VALUES,
    says="share of values that repeat the server's highest",
    lower="it is too seldom at its highest value",
    higher="it is too often at its highest value",
    find=of_metrics(_at_highest),
    least_sd=LEAST_SHARE,
)
