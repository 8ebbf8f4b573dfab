"""Ratios of sums, where there is something to divide by."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Floats


def ratios(tops: Floats, bottoms: NDArray[Any]) -> Floats:
    """Divide; NaN where there is nothing to divide by.

    Args:
        tops: numbers to divide.
        bottoms: what to divide by, of the same shape, never negative.
    """
    found = np.full(np.shape(tops), np.nan)
    divided: Floats = np.divide(tops, bottoms, out=found, where=bottoms > 0)
    return divided
