"""Runs of seven days of the same server, drawn anew."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from capgen.timeline.epoch import DAYS_PER_WEEK
from capgen.twins.compare.rivals.rival import Days, Rival, weekdays
from capgen.twins.compare.window import Window


def _days(source: Window, target: Window, generator: Generator) -> Days:
    """Return runs of seven days that begin on the weekday that is next."""
    of_source = weekdays(source)
    starts = np.arange(max(source.days - DAYS_PER_WEEK + 1, 1))
    chosen: list[int] = []
    while len(chosen) < target.days:
        wanted = (target.start.weekday() + len(chosen)) % DAYS_PER_WEEK
        fitting = starts[of_source[starts] == wanted]
        days = fitting if len(fitting) else starts
        first = int(days[generator.integers(len(days))])
        chosen += range(first, min(first + DAYS_PER_WEEK, source.days))
    return np.array(chosen[: target.days])


RIVAL = Rival(
    name="week blocks",
    says="runs of seven days of the same server, from the same weekday on, drawn anew",
    days=_days,
)
