"""Sums of values by group and hour."""

from __future__ import annotations

import numpy as np

from capgen.quality.evidence.cells import Cells


class HourSums:
    """What an archetype's values sum up to by group and hour.

    A value outside its metric's clip, NaN included, is left out, so that one of them does not hide
    what the others say.

    Args:
        metrics: number of metrics.
        places: number of groups and hours, as laid out.

    Attributes:
        cells: number of cells, shape (places + 1,), the last for those that stand nowhere.
        counts: number of values inside the clip, shape (metrics, places + 1).
        totals: their sums, likewise.
        squares: sums of their squares, likewise.
    """

    def __init__(self, metrics: int, places: int) -> None:
        self.cells = np.zeros(places + 1)
        self.counts, self.totals, self.squares = np.zeros((3, metrics, places + 1))

    def add(self, cells: Cells) -> None:
        """Add cells.

        Args:
            cells: at least one, all of the archetype.
        """
        first = int(cells.places.min())
        here = cells.places - first
        count = np.bincount(here)
        part = slice(first, first + count.size)
        self.cells[part] += count
        for metric, inside in enumerate(cells.inside):
            values = cells.values[metric]
            if inside.all():
                self.counts[metric, part] += count
            else:
                values = np.where(inside, values, 0.0)
                self.counts[metric, part] += np.bincount(here, inside)
            self.totals[metric, part] += np.bincount(here, values)
            self.squares[metric, part] += np.bincount(here, values * values)
