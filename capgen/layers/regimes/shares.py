"""The chances of states as a panel's steps show them, by the calendars of servers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.layers.regimes.rhythm import HOLIDAY, HOURS_OF_WEEK, DayRhythm, Rhythm, looked_up
from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_DAY
from capgen.timeline.time_axis import TimeAxis


def usual_states(rhythm: Rhythm, axis: TimeAxis, calendars: Sequence[pl.DataFrame]) -> Floats:
    """Return the chance of each state at each row of the calendars, whatever the kind of day.

    Args:
        rhythm: what decides the states.
        axis: the panel's time axis: a step of a day shows any hour of its day.
        calendars: of the servers, with the columns local_hour, local_weekday, is_weekend and
            is_holiday.

    Returns:
        Shape (states, servers, rows).
    """
    chances = _over_kinds(rhythm.chances, rhythm.days)
    if axis.step_minutes >= MINUTES_PER_DAY:
        of_days = chances.reshape(*chances.shape[:2], -1, HOURS_PER_DAY).mean(axis=3)
        chances = np.repeat(of_days, HOURS_PER_DAY, axis=2)
    positions = {id(each): _positions(each, rhythm.days) for each in calendars}
    return looked_up(chances, np.stack([positions[id(each)] for each in calendars]))


def _over_kinds(chances: Floats, days: DayRhythm | None) -> Floats:
    """Return the chances by day of the week and hour, shape (states, servers or 1, days × 48)."""
    if days is None:
        return chances
    of_kinds = chances.reshape(*chances.shape[:2], -1, HOURS_OF_WEEK)
    found: Floats = np.einsum("kxd,sxkh->sxdh", days.chances, of_kinds)
    return found.reshape(*chances.shape[:2], -1)


def _positions(calendar: pl.DataFrame, days: DayRhythm | None) -> NDArray[np.int64]:
    """Return the hour of the day by the calendar's clock, 24 more on weekends, and 48 a day."""
    hours = _numbers(calendar, "local_hour") + HOURS_PER_DAY * _numbers(calendar, "is_weekend")
    if days is None:
        return hours
    kinds = _numbers(calendar, "local_weekday")
    if days.has_holidays:
        kinds = np.where(_numbers(calendar, "is_holiday") != 0, HOLIDAY, kinds)
    return hours + HOURS_OF_WEEK * kinds


def _numbers(calendar: pl.DataFrame, name: str) -> NDArray[np.int64]:
    return calendar[name].to_numpy().astype(np.int64)
