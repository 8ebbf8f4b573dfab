"""The days of a calendar, with their flags and factors defined by the SQL macros."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from capgen import sql
from capgen.config.calendar import CalendarConfig
from capgen.panel.macro_calendar import MacroCalendar

_KEPT_CALENDARS = 32  # some 40 bytes a day
_OF_HOLIDAYS = ("is_holiday", "holiday_factor")


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

    def with_holidays(self, holidays: Sequence[Mapping[str, Any]]) -> Days:
        """Return the same days and hours with other holidays.

        Args:
            holidays: is_holiday and holiday_factor of each day.
        """
        schema = {name: self.days.schema[name] for name in _OF_HOLIDAYS}
        columns = pl.DataFrame(holidays, schema=schema).get_columns()
        return Days(self.days.with_columns(columns), self.hours)


@lru_cache(maxsize=_KEPT_CALENDARS)
def known_days(calendar: MacroCalendar) -> Days:
    """Return the days that a calendar knows; the latest are kept, as DuckDB takes long to open.

    Args:
        calendar: the calendar.

    Raises:
        CapgenError: Polars does not answer.
    """
    known = {"first_day": calendar.first_day, "last_day": calendar.last_day}
    settings = calendar.settings
    # Ends of quarters that count business days have other factors with other holidays.
    others = [] if settings.eoq.business_days else _of_settings(settings, *known.values())
    with sql.open_database(calendar.tables()) as connection:
        if others:
            holidays = sql.fetch_rows(connection, "calendar/holidays", known)
            return others[0].with_holidays(holidays)
        days = sql.run_query(connection, "calendar/days", known)
        hours = sql.run_query(connection, "calendar/hours", {})
    others.append(Days(days, hours))
    return others[0]


@lru_cache(maxsize=_KEPT_CALENDARS)
def _of_settings(settings: CalendarConfig, first_day: date, last_day: date) -> list[Days]:  # noqa: ARG001
    """Return a list for the first calendar of some settings, from which others take what is alike.

    To ask DuckDB for everything takes twice as long as to ask for the holidays.
    """
    return []
