"""What the SQL macros read: the settings of a calendar, and its holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from capgen.config import load_config
from capgen.config.calendar import CalendarConfig
from capgen.config.holiday_days import AROUND
from capgen.settings.holidays import Holidays
from capgen.system.forking import check_polars_answers
from capgen.timeline.holiday_library import library_days


class MacroCalendar(BaseModel):
    """A calendar, as far as the macros know it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settings: CalendarConfig = Field(description="Business hours, quarter ends, holidays' factors.")
    first_day: date = Field(description="The first day that is_holiday knows.")
    last_day: date = Field(description="The last day that is_holiday knows.")
    holiday_dates: tuple[date, ...] = Field(
        description="Holidays of these days and some around, sorted."
    )

    def tables(self) -> Mapping[str, pl.DataFrame]:
        """Return the tables that the macros read their settings from.

        Returns:
            Frames by table name: eoq_settings, business_hours, holiday_factors, holiday_effect,
            holiday_dates, holiday_span.

        Raises:
            CapgenError: Polars does not answer.
        """
        check_polars_answers()
        hours = self.settings.business_hours
        return {
            "eoq_settings": _eoq_table(self.settings),
            "business_hours": pl.DataFrame(
                {"first_hour": [hours.first_hour], "last_hour": [hours.last_hour]}
            ),
            "holiday_factors": _rule_table(self.settings),
            "holiday_effect": _effect_table(self.settings),
            "holiday_dates": pl.DataFrame(
                {"holiday_date": self.holiday_dates}, schema={"holiday_date": pl.Date}
            ),
            "holiday_span": pl.DataFrame(
                [(self.first_day, self.last_day)],
                schema=["holidays_from", "holidays_to"],
                orient="row",
            ),
        }


def calendar_of_days(holidays: Holidays, first: date, last: date) -> MacroCalendar:
    """Return the calendar of some days where no configuration says one: that of the defaults.

    Args:
        holidays: whose holidays count.
        first: the first day.
        last: the last day.
    """
    return MacroCalendar(
        settings=_default_settings().model_copy(update={"holidays": holidays}),
        first_day=first,
        last_day=last,
        holiday_dates=tuple(library_days(holidays, first - AROUND, last + AROUND)),
    )


@cache
def _default_settings() -> CalendarConfig:
    return load_config(environment={}).calendar


def _eoq_table(calendar: CalendarConfig) -> pl.DataFrame:
    eoq = calendar.eoq
    return pl.DataFrame(
        {
            "eoq_window_days": [eoq.window_days],
            "eoq_business_days": [eoq.business_days],
            "eoq_peak": [eoq.peak],
            "eoq_months": [list(eoq.months)],
        },
        schema_overrides={"eoq_peak": pl.Float64, "eoq_months": pl.List(pl.Int64)},
    )


def _rule_table(calendar: CalendarConfig) -> pl.DataFrame:
    rules = enumerate(calendar.holiday_factors)
    rows = [(position, *dict(rule).values()) for position, rule in rules]
    integers = ["rule_position", "rule_month", "rule_first_day", "rule_last_day"]
    schema = dict.fromkeys(integers, pl.Int64) | {"rule_factor": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _effect_table(calendar: CalendarConfig) -> pl.DataFrame:
    schema = {"effect_factor": pl.Float64, "shoulder_days": pl.Int64, "shoulder_factor": pl.Float64}
    effect = calendar.holiday_effect
    return pl.DataFrame(
        [tuple(dict(effect).values())] if effect else [], schema=schema, orient="row"
    )
