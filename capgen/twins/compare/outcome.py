"""What was found of one candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capgen.twins.compare.measure import COPIES
from capgen.twins.compare.scores import Row, Worst, geometric_mean, is_likeness
from capgen.twins.compare.scoring import Line

# More than this beyond what other real data has is copied.
_COPIED = {"near copies": 0.05, "exact runs": 0.05, "own path": 0.2}


@dataclass(frozen=True)
class Outcome:
    """What was found of a candidate.

    Args:
        name: of the candidate.
        is_rival: whether it is a copy that was made to compare with.
        rows: of the table.
        lines: facts, one metric or pair of metrics each.
        worst: the facts that differ most.
        directions: how many directions count.
    """

    name: str
    is_rival: bool
    rows: Sequence[Row]
    lines: Sequence[Line]
    worst: Sequence[Worst]
    directions: int

    @property
    def ratio(self) -> float:
        """The geometric mean of the ratios, copies aside."""
        return geometric_mean([row.ratio for row in self.rows if is_likeness(row)])

    @property
    def by_direction(self) -> list[float]:
        """The geometric mean of each direction."""
        rows = [row for row in self.rows if is_likeness(row)]
        return [
            geometric_mean(list(each)) for each in zip(*(row.ratios for row in rows), strict=True)
        ]

    @property
    def copies(self) -> list[Row]:
        """The rows that show that the candidate copies real data."""
        return [
            row
            for row in self.rows
            if row.measure.group == COPIES and row.value > row.floor + _COPIED[row.measure.name]
        ]

    def is_within(self, limit: float) -> bool:
        """Tell whether a candidate is as alike as a limit asks, and copies nothing.

        Args:
            limit: the highest ratio.
        """
        return self.ratio <= limit and not self.copies
