"""The steps that servers are fitted on: whole days, and what counts of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Codes
from capgen.layers.library.schema import HOLIDAYS_TOO, WEEK
from capgen.layers.regimes.rhythm import HOLIDAY
from capgen.timeline.epoch import (
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    MINUTES_PER_DAY,
    MINUTES_PER_HOUR,
    day_of,
)

_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday
_SATURDAY = 5


@dataclass(frozen=True)
class Clock:
    """Whole days of steps; a state lasts for a slot: an hour, or a step that is longer.

    Args:
        first_day: counted from 1970-01-01.
        days: how many there are.
        step_minutes: divides an hour, or is made of whole hours.
        holidays: which of the days are, counted as the first; None: they are days like others.
    """

    first_day: int
    days: int
    step_minutes: int
    holidays: tuple[int, ...] | None = None

    @property
    def window(self) -> tuple[str, str]:
        """The first and the last day."""
        return str(day_of(self.first_day)), str(day_of(self.first_day + self.days - 1))

    @property
    def steps(self) -> int:
        """Number of steps."""
        return self.days * MINUTES_PER_DAY // self.step_minutes

    @property
    def step_hours(self) -> float:
        """Length of a step."""
        return self.step_minutes / MINUTES_PER_HOUR

    @property
    def slot_hours(self) -> int:
        """Length of a slot."""
        return max(1, self.step_minutes // MINUTES_PER_HOUR)

    @property
    def slots_per_day(self) -> int:
        """Number of slots in a day."""
        return HOURS_PER_DAY // self.slot_hours

    @property
    def steps_per_slot(self) -> int:
        """Number of steps in a slot."""
        return max(1, MINUTES_PER_HOUR // self.step_minutes)

    @cached_property
    def weekdays(self) -> NDArray[np.int64]:
        """The day of the week of each day, from Monday = 0."""
        numbers = np.arange(self.first_day, self.first_day + self.days)
        return (numbers + _FIRST_WEEKDAY) % DAYS_PER_WEEK

    @property
    def day_classes(self) -> Literal[7, 8]:
        """Number of classes of days: those of the week, and holidays if they are days apart."""
        return 7 if self.holidays is None else HOLIDAYS_TOO

    @cached_property
    def classes(self) -> NDArray[np.int64]:
        """The class of each day: its day of the week, or after these that of holidays."""
        found = self.weekdays.copy()
        found[np.array(self.holidays or (), np.int64) - self.first_day] = HOLIDAY
        return found

    @cached_property
    def week(self) -> Codes:
        """Whether each day is one of the weekend."""
        return (self.weekdays >= _SATURDAY).astype(np.int32)

    @property
    def cells(self) -> int:
        """Number of slots in a weekday and a day of the weekend."""
        return WEEK * self.slots_per_day

    @property
    def slot_cells(self) -> Codes:
        """Which of the cells each slot is: those of a weekday come first."""
        slots = np.arange(self.slots_per_day, dtype=np.int32)
        return (self.week[:, None] * self.slots_per_day + slots).reshape(-1).astype(np.int32)
