"""What decides the states of servers: tables that all share, or one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.draws.persistence import Remembered

HOURS_OF_WEEK = 48  # of a weekday, and then of a day of the weekend
HOLIDAY = 7  # class of a day: 0 is Monday
Rows = Sequence[int] | slice


@dataclass(frozen=True, slots=True)
class DayRhythm:
    """What decides the kinds of the servers' days.

    Args:
        chances: of the kinds, by day of the week, and on holidays where these are days of their
            own, shape (kinds, servers or 1, 7 or 8).
        stickiness: of the kinds, shape (kinds, servers or 1, 1).
    """

    chances: Floats
    stickiness: Floats

    @property
    def has_holidays(self) -> bool:
        """Whether holidays are days of their own."""
        return len(self.chances[0, 0]) > HOLIDAY

    def of_rows(self, rows: Rows) -> DayRhythm:
        """Return what decides the days of some of the servers, by their positions."""
        return DayRhythm(_of_rows(self.chances, rows), _of_rows(self.stickiness, rows))


class Hourly(NamedTuple):
    """Chances by the hour, and how they follow a swing, if they do."""

    chances: Floats
    slopes: Floats | None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What decides the states of servers.

    Args:
        chances: of the states, by kind of day and hour: shape (states, servers or 1, kinds ×
            `HOURS_OF_WEEK`); over the states they sum to 1.
        stickiness: of the states, shape (states, servers or 1, 1).
        most_stickiness: that any server's state can have.
        forgotten: highest chance that a year's first state depends on where its warm-up began.
        days: what decides the kinds of day; None where all are alike.
        slopes: how the chances follow a swing from −1/2 to 1/2, shaped like them.
        swing: what swings the chances; None where nothing does.
    """

    chances: Floats
    stickiness: Floats
    most_stickiness: float
    forgotten: float
    days: DayRhythm | None = None
    slopes: Floats | None = None
    swing: Remembered | None = None

    @property
    def is_shared(self) -> bool:
        """Whether all servers have the same chances."""
        return len(self.chances[0]) == 1

    def at(self, positions: NDArray[np.int64]) -> Hourly:
        """Return the chances at some hours.

        Args:
            positions: of what holds in each hour, shape (servers or 1, hours).
        """
        chances = looked_up(self.chances, positions)
        slopes = None if self.slopes is None else looked_up(self.slopes, positions)
        return Hourly(chances, slopes)

    def of_rows(self, rows: Rows) -> Rhythm:
        """Return what decides the states of some of the servers, by their positions."""
        return replace(
            self,
            chances=_of_rows(self.chances, rows),
            stickiness=_of_rows(self.stickiness, rows),
            days=self.days and self.days.of_rows(rows),
            slopes=None if self.slopes is None else _of_rows(self.slopes, rows),
        )


def _of_rows(table: Floats, rows: Rows) -> Floats:
    return table if table.shape[1] == 1 else table[:, rows]


def looked_up(table: Floats, positions: NDArray[np.int64]) -> Floats:
    """Return what a table has for servers at some steps.

    Args:
        table: shape (n, servers or 1, positions).
        positions: of what holds at each step, shape (servers or 1, steps).

    Returns:
        Shape (n, servers or 1, steps).
    """
    count, servers, size = table.shape
    if servers > 1:
        positions = positions + np.arange(servers)[:, None] * size
    # Much faster than by index.
    found: Floats = np.take(table.reshape(count, servers * size), positions, axis=1)
    return found
