"""Draws the kinds of day that servers live through: a coupled chain over days.

It is the chain of states with days in place of hours. Each year's begins with the year before, at
whose end hardly anything is left of how it began; that of a future with the days that have begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from capgen.draws.arrays import Codes, Floats, Places
from capgen.layers.continuing import reached
from capgen.layers.regimes.chain import chain_states
from capgen.layers.regimes.clocks import days_of_hours
from capgen.layers.regimes.moves import draw_moves
from capgen.layers.regimes.rhythm import HOLIDAY, DayRhythm, looked_up
from capgen.layers.scope import Scope
from capgen.timeline.epoch import DAYS_PER_WEEK, HOURS_PER_DAY, MINUTES_PER_DAY, day_number
from capgen.timeline.time_axis import Span, TimeAxis

_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday


def kinds_of_hours(rhythm: DayRhythm, scope: Scope, year: int, axis: TimeAxis, span: Span) -> Codes:
    """Return the kind of the day that each hour of some belongs to, by the servers' clocks.

    Args:
        rhythm: what decides the kinds of day.
        scope: the servers.
        year: the calendar year that the hours lead up to, or lie in.
        axis: a time axis of hours.
        span: the hours.

    Returns:
        Numbers of kinds, shape (servers, hours).
    """
    days = days_of_hours(axis, span, scope.zones)
    first = _first_day(year)
    daily = axis.in_steps_of(MINUTES_PER_DAY).of_panel
    given = None
    if axis.moment is not None:
        hour = axis.moment - 1  # it has begun, and so have its days, which clocks may not share
        last_day = hour // HOURS_PER_DAY
        daily = replace(daily, moment=last_day)
        if first < last_day:
            first = last_day - 1
            given = _given(rhythm, scope, axis, hour)
    kinds = _kinds(rhythm, scope, daily, Span(first, int(days.max()) + 1), given)
    return np.take_along_axis(kinds, np.broadcast_to(days - first, (len(kinds), span.size)), 1)


def _given(rhythm: DayRhythm, scope: Scope, axis: TimeAxis, hour: int) -> Codes:
    """Return the kinds of the days around the last known hour; −1 for one that has not begun."""
    around = Span(hour // HOURS_PER_DAY - 1, hour // HOURS_PER_DAY + 2)
    last = days_of_hours(axis.of_panel, Span(hour, hour + 1), scope.zones)
    daily = axis.of_panel.in_steps_of(MINUTES_PER_DAY)

    def find(panel: Scope, rows: Sequence[int]) -> Codes:
        span = Span(_first_day(axis.timestamp(hour).year), around.stop)
        return _kinds(rhythm.of_rows(rows), panel, daily, span)[:, -around.size :]

    known = reached(scope, "day kind", find)
    has_begun = np.arange(around.first, around.stop) <= last
    return np.where(has_begun, known, np.int32(-1))


def _first_day(year: int) -> int:
    """Return the day from which kinds of day are followed that lie in a year."""
    return day_number(date(year - 1, 1, 1))


def _kinds(
    rhythm: DayRhythm, scope: Scope, axis: TimeAxis, days: Span, given: Codes | None = None
) -> Codes:
    """Return the kind of each day, shape (servers, days)."""
    classes = _classes(rhythm, scope, days)

    def chances(rows: slice) -> Floats:
        here = classes if len(classes) == 1 else classes[rows]
        return looked_up(rhythm.of_rows(rows).chances, here)

    moves = draw_moves(scope, axis, days, "day kind")
    if given is not None:
        given = given[:, : days.size]
    return chain_states(chances, rhythm.stickiness, *moves, given)


def _classes(rhythm: DayRhythm, scope: Scope, days: Span) -> Places:
    """Return what counts of each day: its weekday, or a holiday; shape (servers or 1, days)."""
    weekdays = (np.arange(days.first, days.stop) + _FIRST_WEEKDAY) % DAYS_PER_WEEK
    if not rhythm.has_holidays:
        return weekdays[None, :]
    clocks = scope.clocks if len(set(scope.clocks)) > 1 else scope.clocks[:1]
    return np.stack([_with_holidays(weekdays, days, scope.kind.holidays(each)) for each in clocks])


def _with_holidays(weekdays: Places, days: Span, holidays: Sequence[date]) -> Places:
    classes = weekdays.copy()
    numbers = np.array([day_number(day) for day in holidays], np.int64) - days.first
    classes[numbers[(numbers >= 0) & (numbers < days.size)]] = HOLIDAY
    return classes
