"""A library in memory: the numbers as they are stored, and what they mean for some of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Flags, Floats
from capgen.layers.library.schema import COLUMNS, ZERO, Facts

Stored = NDArray[Any]
_DECIMALS = 12  # exponentials differ between machines in the last bit; rounded ones do not


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """A table of servers' parameters.

    Args:
        facts: what all rows share.
        columns: the stored numbers of each of `COLUMNS`, shape (rows, …).
        labels: texts by label, one a row.
    """

    facts: Facts
    columns: Mapping[str, Stored]
    labels: Mapping[str, Sequence[str]]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns["levels"])

    def numbers(self, name: str, rows: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Return what a column means for some rows, shape (rows, …).

        Args:
            name: one of `COLUMNS` that holds plain numbers: neither quantiles nor noise.
            rows: positions of the rows.
        """
        numbers: Floats = self.columns[name][rows] / COLUMNS[name].per_unit
        return numbers

    def quantiles(self, rows: NDArray[np.int64]) -> Floats:
        """Return the quantiles of some rows, in units of the levels.

        Args:
            rows: positions of the rows.

        Returns:
            Shape (rows, metrics, states, points).
        """
        stored = self.columns["quantiles"][rows]
        values = np.exp(stored / COLUMNS["quantiles"].per_unit).round(_DECIMALS)
        return np.where(stored == ZERO, 0.0, values)

    def has_values(self, rows: NDArray[np.int64]) -> Flags:
        """Tell of which metrics some rows have values above 0; others have a level of no meaning.

        Args:
            rows: positions of the rows.

        Returns:
            Shape (rows, metrics).
        """
        highest = self.columns["quantiles"][rows].max(axis=(2, 3))
        return np.asarray(highest > ZERO)

    def noise_factors(self, rows: NDArray[np.int64]) -> Floats:
        """Return the factors of the parts of the noise; a metric's parts have variance 1 together.

        Args:
            rows: positions of the rows.

        Returns:
            Lower triangular, shape (parts, metrics, metrics, rows).
        """
        stored = self.columns["noise"][rows]
        metrics = len(self.facts.metrics)
        factors = np.zeros((stored.shape[1], metrics, metrics, len(stored)))
        pair = 0
        for first in range(metrics):
            for second in range(first + 1):
                factors[:, first, second] = stored[:, :, pair].T
                pair += 1
        factors /= np.sqrt(np.sum(factors**2, axis=(0, 2)))[None, :, None]
        return factors


def digest_of(content: bytes) -> str:
    """Return the digest that names a library: SHA-256 of its file.

    Args:
        content: the file's bytes.
    """
    return hashlib.sha256(content).hexdigest()
