"""The weekend: a factor of Saturdays and Sundays."""

from __future__ import annotations

import polars as pl

from capgen.layers.answers import Effect
from capgen.layers.flagged_hours import FlaggedHours


class WeekendLayer(FlaggedHours):
    """A factor of Saturdays and Sundays."""

    name = "weekend"
    parameter = "weekend_factor"
    key = f"archetypes.*.{parameter}"
    flag = "is_weekend"
    is_set = pl.col(flag) == 1
    never_set = pl.lit(0, pl.Int8).alias(flag)
    effects = (Effect(name, 20, "weekend effect", "the window has no weekend"),)
