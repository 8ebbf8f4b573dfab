"""Correlations of several series, each pair of them where both have a value."""

from __future__ import annotations

import math

import numpy as np

from capgen.draws.arrays import Flags, Floats

_AT_ONCE = 4096  # values of a series: more than that leave the cache before they are multiplied
_NO_SPREAD = 1e-12  # of a series' mean square: what rounding makes of a variance of 0


class Moments:
    """Sums of the values of some series, of their squares and of their products.

    Args:
        series: number of series.
    """

    def __init__(self, series: int) -> None:
        self._series = series
        self._sums = np.zeros((3, series, 2, series))

    def add(self, values: Floats, known: Flags) -> None:
        """Add values, whose mean should be near 0 so that no digits are lost.

        Args:
            values: shape (series, n), finite where they are known.
            known: whether a series has a value, likewise.
        """
        for start in range(0, values.shape[1], _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            there = np.where(known[:, part], values[:, part], 0.0)
            factors = np.concatenate([known[:, part], there, there * there])
            sums = factors @ factors[: 2 * self._series].T
            self._sums += sums.reshape(self._sums.shape)

    def cells(self, one: int, two: int) -> int:
        """Return where two series both have values.

        Args:
            one: the number of a series.
            two: that of another.

        Returns:
            How often.
        """
        return int(self._sums[0, one, 0, two])

    def correlation(self, one: int, two: int) -> float | None:
        """Return the correlation of two series; None where one of them does not vary.

        Args:
            one: the number of a series.
            two: that of another.
        """
        cells = self._sums[0, one, 0, two]
        first = self._sums[1, one, 0, two]
        second = self._sums[1, two, 0, one]
        product = cells * self._sums[1, one, 1, two] - first * second
        spreads = [self._spread(one, two), self._spread(two, one)]
        return None if min(spreads) == 0 else product / math.sqrt(math.prod(spreads))

    def _spread(self, one: int, two: int) -> float:
        """Return the variance of a series where another has values, times their squared number."""
        cells = self._sums[0, one, 0, two]
        square = cells * self._sums[2, one, 0, two]
        spread: float = square - self._sums[1, one, 0, two] ** 2
        return spread if spread > _NO_SPREAD * square else 0.0
