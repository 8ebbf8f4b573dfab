"""Ratios of servers' numbers that bear a whole of nothing."""

from __future__ import annotations

import numpy as np

from capgen.twins.compare.cells import Bools, Floats, Series

_LEAST = 1e-3


def log_factor(series: Series, some: Bools, others: Bools) -> Floats:
    """Return the log of each server's mean over some steps over that of others.

    Args:
        series: of a metric.
        some: whether each step counts above the line.
        others: whether it counts below.
    """
    above = np.maximum(series.mean_where(some), _LEAST)
    return np.log(above / np.maximum(series.mean_where(others), _LEAST))


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return a ratio; NaN where the whole is nothing, as it is for constants.

    Args:
        part: above the line.
        whole: below it.
    """
    return part / np.where(whole > 0, whole, np.nan)
