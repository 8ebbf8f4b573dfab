"""The arrays that values, flags and codes stand in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int32]  # numbers that stand for texts, or for states
Places = NDArray[np.int64]  # in a table: numbers of another type take longer to look up

_FEW_CELLS = 2**15  # what is worked out of so many, metric by metric, stays in a core's cache


def few_rows(rows: int, steps: int, cells: int = _FEW_CELLS) -> Iterator[slice]:
    """Yield slices of rows, a few at a time.

    Args:
        rows: how many there are.
        steps: cells of each.
        cells: how many they may have together, unless a single row has more.
    """
    together = max(1, cells // max(1, steps))
    for first in range(0, rows, together):
        yield slice(first, first + together)


def places_of(flags: Flags) -> Places:
    """Return the places of the cells in which a flag is set, for `take` and `put`.

    To pass over all cells takes longer than to look at a few, and an index of rows and columns
    twice as long as places in the array.
    """
    return np.flatnonzero(flags)
