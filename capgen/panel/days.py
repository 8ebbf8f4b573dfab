"""The days of a calendar, with their flags and factors defined by the SQL macros."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from capgen import sql
from capgen.panel.macro_calendar import MacroCalendar

_KEPT_CALENDARS = 32  # some 40 bytes a day


@dataclass(frozen=True, slots=True)
class Days:
    """What a clock's days and hours are.

    Args:
        days: a row for each day from the first to the last: calendar_day, month, quarter,
            dayofweek, is_eoq, eoq_factor, is_weekend, is_holiday, holiday_factor.
        hours: a row for each hour of a day: local_hour, is_business_hour.
    """

    days: pl.DataFrame
    hours: pl.DataFrame


@lru_cache(maxsize=_KEPT_CALENDARS)
def known_days(calendar: MacroCalendar) -> Days:
    """Return the days that a calendar knows; the latest are kept, as DuckDB takes long to open.

    Args:
        calendar: the calendar.

    Raises:
        CapgenError: Polars does not answer.
    """
    known = {"first_day": calendar.first_day, "last_day": calendar.last_day}
    with sql.open_database(calendar.tables()) as connection:
        return Days(
            days=sql.run_query(connection, "calendar/days", known),
            hours=sql.run_query(connection, "calendar/hours", {}),
        )


@lru_cache(maxsize=_KEPT_CALENDARS)
def known_days_beside(calendar: MacroCalendar, other: MacroCalendar) -> Days:
    """Return the days that a calendar knows, in half the time of `known_days`.

    Args:
        calendar: the calendar.
        other: a calendar that differs from it in holidays alone, if at all.

    Raises:
        CapgenError: Polars does not answer.
    """
    # Where ends of quarters count business days, they depend on holidays too.
    if calendar == other or calendar.settings.eoq.business_days:
        return known_days(calendar)
    beside = known_days(other)
    known = {"first_day": calendar.first_day, "last_day": calendar.last_day}
    with sql.open_database(calendar.tables()) as connection:
        holidays = sql.run_query(connection, "calendar/holidays", known)
    return Days(beside.days.with_columns(holidays.get_columns()), beside.hours)
