"""Numbers that stand for runs of values, to find those that two panels have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.cells import Series

LENGTH = 12  # steps
_LEAST_CHANGES = 8  # from value to value; fewer are no pattern, such as a server that is idle
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd: 2⁶⁴ over the golden ratio


def run_numbers(series: Series) -> NDArray[np.uint64]:
    """Return a number for the run of values that begins at each step.

    Args:
        series: a metric of some servers.

    Returns:
        Shape (servers, steps - LENGTH + 1); 0 where values are missing or hardly change. Runs with
        the same values have the same number.
    """
    values = np.nan_to_num(series.values) + 0.0  # a zero has one sign
    bits = np.ascontiguousarray(values).view(np.uint64)
    count = max(values.shape[1] - LENGTH + 1, 0)
    numbers = np.zeros((values.shape[0], count), np.uint64)
    for step in range(LENGTH):
        numbers = (numbers * _FACTOR) ^ (bits[:, step : step + count] * _FACTOR)
        numbers ^= numbers >> np.uint64(29)
    is_there = _windowed(series.present, LENGTH, count) == LENGTH
    changes = _windowed(np.diff(values, axis=1) != 0, LENGTH - 1, count)
    return np.where(is_there & (changes >= _LEAST_CHANGES), numbers, np.uint64(0))


def _windowed(holds: NDArray[np.bool_], length: int, count: int) -> NDArray[np.int64]:
    """Return at how many of some steps something holds, from each step on."""
    sums = np.zeros((holds.shape[0], holds.shape[1] + 1), np.int64)
    np.cumsum(holds, axis=1, out=sums[:, 1:])
    return sums[:, length : length + count] - sums[:, :count]
