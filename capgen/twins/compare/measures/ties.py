"""How often values of a server repeat each other."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.measure import LEAST_SHARE, VALUES, ServerMeasure, of_metrics
from capgen.twins.compare.weeks import days_of_week


def _repeated(series: Series) -> Floats:
    """Return the share within whole weeks, so that repeated weeks are no ties.

    A week's lowest and highest value are left out: being at a limit is a measure by itself.
    """
    window = series.window
    days = min(days_of_week(window), window.days)
    steps = days * window.steps_per_day
    weeks = series.values[:, : window.days // days * steps].reshape(-1, steps)
    ordered = np.sort(weeks, axis=1)
    present = np.isfinite(weeks).sum(axis=1)
    highest = np.take_along_axis(ordered, np.maximum(present - 1, 0)[:, None], axis=1)
    is_between = (ordered > ordered[:, :1]) & (ordered < highest)
    is_same = (is_between[:, 1:] & (np.diff(ordered, axis=1) == 0)).sum(axis=1)
    servers = len(series.values)
    count = present.reshape(servers, -1).sum(axis=1).astype(float)
    repeated: Floats = is_same.reshape(servers, -1).sum(axis=1)
    return repeated / np.where(count > 0, count, np.nan)


MEASURE = ServerMeasure(
    name="ties",
    group=VALUES,
    says="share of values that repeat another one of the server's week, its limits aside",
    lower="its values are too fine: too few repeat each other",
    higher="its values are too coarse: too many repeat each other",
    find=of_metrics(_repeated),
    least_sd=LEAST_SHARE,
)
