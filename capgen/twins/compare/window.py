"""The steps over which panels are compared: whole days, the same number of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capgen.timeline.epoch import DAYS_PER_WEEK, HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """Whole days in equal steps.

    Args:
        start: midnight of the first day.
        step_minutes: length of a step.
        days: how many.
    """

    start: datetime
    step_minutes: int
    days: int

    @property
    def steps_per_day(self) -> int:
        """How many steps a day has."""
        return MINUTES_PER_DAY // self.step_minutes

    @property
    def steps(self) -> int:
        """How many steps there are in all."""
        return self.days * self.steps_per_day

    @property
    def stop(self) -> datetime:
        """Midnight after the last day."""
        return self.start + timedelta(days=self.days)

    def steps_in(self, hours: float) -> float:
        """Return how many steps some hours have; no whole number where a step is longer."""
        return hours * MINUTES_PER_HOUR / self.step_minutes

    def part(self, day: int, days: int) -> Window:
        """Return some days of these.

        Args:
            day: number of the first one, from 0.
            days: how many.
        """
        return Window(self.start + timedelta(days=day), self.step_minutes, days)

    @cached_property
    def hours(self) -> Integers:
        """The hour of the day of each step."""
        minute = np.arange(self.steps) % self.steps_per_day * self.step_minutes
        return minute // MINUTES_PER_HOUR

    @cached_property
    def weekdays(self) -> Integers:
        """The weekday of each step, from 0 for Monday."""
        day = np.arange(self.steps) // self.steps_per_day
        return (day + self.start.weekday()) % DAYS_PER_WEEK

    @cached_property
    def is_weekend(self) -> NDArray[np.bool_]:
        """Whether each step lies on a Saturday or a Sunday."""
        return self.weekdays >= DAYS_PER_WEEK - 2

    @property
    def has_hours(self) -> bool:
        """Whether each hour of the day has a step of its own."""
        return self.steps_per_day >= HOURS_PER_DAY
