"""Sections of the calendar: office hours, ends of quarters, holidays."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from capgen.config.layers import HolidayEffect, Holidays
from capgen.settings.types import DayOfMonth, Hour, Month, NotNegative, Section

MOST_BUSINESS_DAYS = 10  # any month has that many


class BusinessHours(Section):
    """The hours of the day, both inclusive, in which the business hours factor holds."""

    first_hour: Hour
    last_hour: Hour

    @model_validator(mode="after")
    def _hours_in_order(self) -> BusinessHours:
        if self.first_hour > self.last_hour:
            raise ValueError("expected first_hour at or before last_hour")
        return self


class EndOfQuarter(Section):
    """The ramp over the last days of a quarter."""

    window_days: Annotated[int, Field(ge=1, le=28)]
    business_days: bool = False
    peak: Annotated[float, Field(ge=-1)]
    months: tuple[Month, ...]

    @model_validator(mode="after")
    def _window_fits(self) -> EndOfQuarter:
        if self.business_days and self.window_days > MOST_BUSINESS_DAYS:
            raise ValueError(f"expected window_days of at most {MOST_BUSINESS_DAYS} with business_days")
        return self


class HolidayFactor(Section):
    """A run of days in one month and the factor that holds on them."""

    month: Month
    first_day: DayOfMonth
    last_day: DayOfMonth
    factor: NotNegative

    @model_validator(mode="after")
    def _days_in_order(self) -> HolidayFactor:
        if self.first_day > self.last_day:
            raise ValueError("expected first_day at or before last_day")
        return self


class CalendarConfig(Section):
    """Flags and factors that depend on the timestamp alone."""

    business_hours: BusinessHours
    eoq: EndOfQuarter
    holiday_factors: tuple[HolidayFactor, ...]
    holidays: Holidays
    holiday_effect: HolidayEffect | None = None
