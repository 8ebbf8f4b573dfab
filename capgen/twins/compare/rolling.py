"""Rolls values up to longer steps, in the arrays that are compared."""

from __future__ import annotations

import numpy as np

from capgen.settings.statistic import MEAN
from capgen.twins.compare.cells import Floats


def rolled(values: Floats, steps: int, statistic: str) -> Floats:
    """Return one value of each few steps.

    Args:
        values: shape (servers, steps); NaN where there is none.
        steps: how many become one.
        statistic: mean, min, max, or a percentile such as p95, in a straight line between
            neighbours.

    Returns:
        Shape (servers, steps over `steps`); NaN where no value was.
    """
    if steps == 1:
        return values
    periods = np.sort(values.reshape(len(values), -1, steps), axis=2)  # NaN comes last
    count = np.isfinite(periods).sum(axis=2)
    if statistic == MEAN:
        total = np.nan_to_num(periods).sum(axis=2)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)
    levels = {"min": 0.0, "max": 1.0}
    level = levels[statistic] if statistic in levels else int(statistic[1:]) / 100
    return _quantile(periods, np.maximum(count, 1), level)


def _quantile(
    ordered: Floats, count: np.ndarray[tuple[int, ...], np.dtype[np.int64]], level: float
) -> Floats:
    place = level * (count - 1)
    below = np.floor(place).astype(np.int64)
    above = np.ceil(place).astype(np.int64)
    low = np.take_along_axis(ordered, below[:, :, None], axis=2)[:, :, 0]
    high = np.take_along_axis(ordered, above[:, :, None], axis=2)[:, :, 0]
    found: Floats = low + (high - low) * (place - below)
    return found
