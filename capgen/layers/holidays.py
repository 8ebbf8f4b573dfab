"""Holidays: factors of days, as the SQL macro `holiday_factor` defines them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import polars as pl
from pydantic import Field, model_validator

from capgen.layers.answers import Effect, Neutral
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.response import respond
from capgen.layers.scope import Kind
from capgen.settings.holidays import Holidays, holiday_problems
from capgen.settings.types import DayOfMonth, Factor, Month, Section

_COLUMN = "holiday_factor"


class HolidayFactor(Section):
    """A run of days in one month and the factor that holds on them.

    Attributes:
        month: of the days.
        first_day: of the month.
        last_day: of the month.
        factor: on the mean on these days.
    """

    month: Month
    first_day: DayOfMonth
    last_day: DayOfMonth
    factor: Factor

    @model_validator(mode="after")
    def _days_in_order(self) -> HolidayFactor:
        if self.first_day > self.last_day:
            raise ValueError("expected first_day at or before last_day")
        return self


class HolidayEffect(Section):
    """The factor on the library's holidays, and on the days around them.

    Attributes:
        factor: on the mean on a holiday.
        shoulder_days: how many days around it.
        shoulder_factor: on the mean on these days.
    """

    factor: Factor
    shoulder_days: Annotated[int, Field(ge=0, le=7)] = 0
    shoulder_factor: Factor = 1


class HolidayLayer(Layer[Holidays]):
    """A factor of holidays."""

    name = "holiday"
    key = "calendar.holidays"
    effects = (Effect("holiday", 40, "holiday effect", "the window has no holiday"),)

    def problems(self, settings: Holidays, known: Known) -> Iterator[str]:
        """Yield what is wrong with the calendar."""
        yield from holiday_problems(known.path, settings)

    def factor(self, settings: Holidays, kind: Kind, key: str) -> pl.Expr | None:
        """Return what the metric takes of the factor."""
        weight = kind.metrics[key].response.holiday
        expression: pl.Expr | None = respond(weight, pl.col(_COLUMN) - 1) if weight else None
        return expression

    def neutral(self, settings: Holidays, kind: Kind) -> Iterator[Neutral]:
        """Yield a calendar in which holidays are days like others."""
        yield Neutral("holiday", dates=(pl.lit(1.0).alias(_COLUMN),))
