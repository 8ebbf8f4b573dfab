"""Business hours: a factor of the hours in which people work."""

from __future__ import annotations

import polars as pl
from pydantic import model_validator

from capgen.layers.answers import Effect
from capgen.layers.flagged_hours import FlaggedHours
from capgen.settings.types import Hour, Section


class BusinessHours(Section):
    """The hours of the day, both inclusive, in which the business hours factor holds.

    Attributes:
        first_hour: of the day.
        last_hour: of the day; 17 includes 17:59.
    """

    first_hour: Hour
    last_hour: Hour

    @model_validator(mode="after")
    def _hours_in_order(self) -> BusinessHours:
        if self.first_hour > self.last_hour:
            raise ValueError("expected first_hour at or before last_hour")
        return self


class BusinessHoursLayer(FlaggedHours):
    """A factor of the hours in which people work."""

    name = "business_hours"
    parameter = "business_hours_factor"
    key = f"archetypes.*.{parameter}"
    flag = "is_business_hour"
    is_set = pl.col(flag)
    never_set = pl.lit(value=False).alias(flag)
    effects = (Effect(name, 10, "effect of business hours", "no timestamp has business hours"),)
