"""The chances of states as a panel's steps show them, by the calendar of a clock."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_DAY
from capgen.timeline.time_axis import TimeAxis


def hourly_shares(axis: TimeAxis, chances: Floats) -> Floats:
    """Return the chances of states at the hours that steps show: a daily one shows any of its day.

    Args:
        axis: the steps' time axis.
        chances: what `weekly_chances` returns.
    """
    if axis.step_minutes < MINUTES_PER_DAY:
        return chances
    of_days = chances.reshape(len(chances), -1, HOURS_PER_DAY).mean(axis=2)
    shares: Floats = np.repeat(of_days, HOURS_PER_DAY, axis=1)
    return shares


def hours_of_week(calendar: pl.DataFrame) -> NDArray[np.int64]:
    """Return the hour of the day by the calendar's clock, 24 more on weekends.

    Args:
        calendar: with the columns local_hour and is_weekend.
    """
    is_weekend = pl.col("is_weekend").cast(pl.Int64)
    hours = pl.col("local_hour").cast(pl.Int64) + HOURS_PER_DAY * is_weekend
    numbers: NDArray[np.int64] = calendar.select(hours).to_series().to_numpy()
    return numbers
