"""Means and quantiles of the futures of many cells at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Floats


def means(values: Floats) -> Floats:
    """Return the mean of each row's values that are there; NaN where there is none.

    Args:
        values: NaN where one is missing, shape (rows, futures).
    """
    sums: Floats = np.nansum(values, axis=1)
    return _divided(sums, _counts(values).astype(np.float64))


def quantile(values: Floats, share: float) -> Floats:
    """Return a quantile of each row's values that are there; NaN where there is none.

    Linear between two of them: of n values, quantile q lies at position q × (n − 1).

    Args:
        values: climbing in each row, NaN at its end where one is missing, shape (rows, futures).
        share: of the values below.
    """
    positions = share * np.maximum(_counts(values) - 1, 0)
    below = np.floor(positions).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(_counts(values) - 1, 0))
    low = np.take_along_axis(values, below[:, None], axis=1)[:, 0]
    high = np.take_along_axis(values, above[:, None], axis=1)[:, 0]
    found: Floats = low + (positions - below) * (high - low)
    return found


def _counts(values: Floats) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.sum(~np.isnan(values), axis=1, dtype=np.int64)
    return counts


def _divided(sums: Floats, counts: Floats) -> Floats:
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
