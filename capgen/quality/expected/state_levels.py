"""What the states that servers move between do to a metric's mean, on average, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.model import Archetype
from capgen.draws.arrays import Floats
from capgen.panel.layers.state_chances import HOURS_A_DAY, weekly_chances
from capgen.timeline.epoch import MINUTES_PER_DAY


def state_levels(config: Config, archetype: Archetype, key: str, calendars: Sequence[pl.DataFrame]) -> Floats | float:
    """Return what a metric's mean is multiplied by on average over the states.

    Args:
        config: a valid configuration.
        archetype: of the servers.
        key: of a drawn metric.
        calendars: of the servers.

    Returns:
        1 where no state has a level of the metric's own; else shape (servers, hours), as the chances are by each clock.
    """
    states = archetype.regimes.states.values() if archetype.regimes else ()
    levels = np.array([state.level.get(key, 1.0) for state in states])
    if archetype.regimes is None or np.all(levels == 1):
        return 1.0
    by_hour = levels @ hourly_shares(config, weekly_chances(archetype.regimes))
    return np.stack([by_hour[hours_of_week(each)] for each in calendars])


def hourly_shares(config: Config, chances: Floats) -> Floats:
    """Return the chances of states at the hours that steps show: a daily one shows any hour of its day.

    Args:
        config: a valid configuration.
        chances: from `weekly_chances`.
    """
    if config.step_minutes < MINUTES_PER_DAY:
        return chances
    of_days = chances.reshape(len(chances), -1, HOURS_A_DAY).mean(axis=2)
    shares: Floats = np.repeat(of_days, HOURS_A_DAY, axis=1)
    return shares


def hours_of_week(calendar: pl.DataFrame) -> NDArray[np.int64]:
    """Return the hour of the day by the calendar's clock, 24 more on weekends.

    Args:
        calendar: from `hourly_calendars`.
    """
    hours = pl.col("local_hour").cast(pl.Int64) + HOURS_A_DAY * pl.col("is_weekend").cast(pl.Int64)
    numbers: NDArray[np.int64] = calendar.select(hours).to_series().to_numpy()
    return numbers
