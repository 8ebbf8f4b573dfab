"""The federal holidays of the United States, as the law has them (5 U.S.C. 6103).

A model digest need not mention these days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

_FIRST_YEAR = 1978  # since then the days are those of today, but for two that came later
_MONDAY = 0
_THURSDAY = 3
_SATURDAY = 5
_SUNDAY = 6
# Month, day, and the year in which it began.
_FIXED = (
    (1, 1, _FIRST_YEAR),
    (6, 19, 2021),
    (7, 4, _FIRST_YEAR),
    (11, 11, _FIRST_YEAR),
    (12, 25, _FIRST_YEAR),
)
# Month, weekday, the earliest day that it may fall on, and the year in which it began.
_MOVING = (
    (1, _MONDAY, 15, 1986),
    (2, _MONDAY, 15, _FIRST_YEAR),
    (5, _MONDAY, 25, _FIRST_YEAR),
    (9, _MONDAY, 1, _FIRST_YEAR),
    (10, _MONDAY, 8, _FIRST_YEAR),
    (11, _THURSDAY, 22, _FIRST_YEAR),
)


def federal_days(first: date, last: date) -> tuple[date, ...]:
    """Return the federal holidays and the weekdays on which those of weekends are kept, sorted.

    Args:
        first: the first day that counts, of 1978 or later.
        last: the last day that counts.
    """
    found = {day for year in range(first.year, last.year + 2) for day in _days_of(year)}
    return tuple(sorted(day for day in found if first <= day <= last))


def _days_of(year: int) -> Iterator[date]:
    for month, day, since in _FIXED:
        if year >= since:
            yield from _with_observed(date(year, month, day))
    for month, weekday, earliest, since in _MOVING:
        if year >= since:
            start = date(year, month, earliest)
            yield start + timedelta(days=(weekday - start.weekday()) % 7)


def _with_observed(day: date) -> Iterator[date]:
    yield day
    kept_on = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday())
    if kept_on:
        yield day + timedelta(days=kept_on)
