"""The section of the calendar: flags and factors that depend on the timestamp alone."""

from __future__ import annotations

from capgen.layers.business_hours import BusinessHours
from capgen.layers.end_of_quarter import EndOfQuarter
from capgen.layers.holidays import HolidayEffect, HolidayFactor
from capgen.settings.holidays import Holidays
from capgen.settings.types import Section


class CalendarConfig(Section):
    """Flags and factors that depend on the timestamp alone."""

    business_hours: BusinessHours
    eoq: EndOfQuarter
    holiday_factors: tuple[HolidayFactor, ...]
    holidays: Holidays
    holiday_effect: HolidayEffect | None = None
