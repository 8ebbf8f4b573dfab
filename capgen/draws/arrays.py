"""The arrays that values, flags and codes stand in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int32]  # numbers that stand for texts, or for states
Places = NDArray[np.int64]  # in a table: numbers of another type take longer to look up


def cells_of(flags: Flags) -> tuple[NDArray[np.intp], ...]:
    """Return the index of the cells in which a flag is set.

    To pass over all cells takes longer than to look at a few by their positions.
    """
    return np.unravel_index(np.flatnonzero(flags), flags.shape)
