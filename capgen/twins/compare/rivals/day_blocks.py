"""Whole days of the same server and kind (weekday or weekend), drawn anew."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from capgen.timeline.epoch import DAYS_PER_WEEK
from capgen.twins.compare.rivals.rival import Days, Rival, weekdays
from capgen.twins.compare.window import Window


def _days(source: Window, target: Window, generator: Generator) -> Days:
    kinds = weekdays(source) >= DAYS_PER_WEEK - 2
    chosen = []
    for weekday in weekdays(target):
        fitting = np.flatnonzero(kinds == (weekday >= DAYS_PER_WEEK - 2))
        days = fitting if len(fitting) else np.arange(source.days)
        chosen.append(int(days[generator.integers(len(days))]))
    return np.array(chosen)


RIVAL = Rival(
    name="day blocks",
    says="whole days of the same server, a weekday for a weekday, drawn anew",
    days=_days,
)
