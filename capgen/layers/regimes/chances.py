"""The chances of states: by hour of the day and kind of day, and how they swing over days."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.layers.regimes.settings import Regimes, State
from capgen.timeline.epoch import HOURS_PER_DAY
from capgen.timeline.stamps import is_weekend, stamps
from capgen.timeline.time_axis import Span, TimeAxis

KINDS_OF_DAY = ("weekday", "weekend")
_KEPT_CLOCKS = 64
_SCORES = np.linspace(-6, 6, 3073)
_SHARES_BELOW = np.array([NormalDist().cdf(score) for score in _SCORES]).round(12)


def weight(state: State, kind: str, hour: int) -> float:
    """Return the weight of a state.

    Args:
        state: the configured state.
        kind: kind of day: weekday or weekend.
        hour: hour of the day.
    """
    weekend = state.chances.weekend
    is_weekday = kind == "weekday" or weekend is None
    weights = state.chances.weekday if is_weekday else weekend
    assert weights is not None
    return weights if isinstance(weights, (int, float)) else weights[hour]


def weekly_chances(regimes: Regimes) -> Floats:
    """Return the chance of each state at each hour of a weekday, and then of a day of the weekend.

    Args:
        regimes: an archetype's regimes.

    Returns:
        Shape (states, 48); they sum to 1 over the states.
    """
    states = regimes.states.values()
    hours = [(kind, hour) for kind in KINDS_OF_DAY for hour in range(HOURS_PER_DAY)]
    weights = [[weight(state, *each) for each in hours] for state in states]
    chances = np.array(weights, np.float64)
    every: Floats = chances / chances.sum(axis=0)
    return every


def hours_of_week(axis: TimeAxis, span: Span, zones: Sequence[str | None]) -> NDArray[np.int64]:
    """Return which of `weekly_chances` holds in some hours.

    Args:
        axis: a time axis of hours.
        span: the hours.
        zones: zones of the servers' clocks.

    Returns:
        Shape (servers, hours), or (1, hours) where all follow one clock.
    """
    followed = zones if len(set(zones)) > 1 else zones[:1]
    return np.stack([_hours_of_week(axis, span, zone) for zone in followed])


def shares_below(normals: Floats) -> Floats:
    """Return the share of a standard normal's values that lie below some, to 10⁻⁶.

    Args:
        normals: normals, in any shape.
    """
    shares: Floats = np.interp(normals, _SCORES, _SHARES_BELOW)
    return shares


def weekly_slopes(regimes: Regimes) -> Floats:
    """Return how the chances follow a swing: π' = π + slope × x; π' is π on average, as x is 0.

    slope(k) = π(k) × strength × (v(k) − Σ π v): with x from −1/2 to 1/2, and the configured v from
    −1 to 1, no chance is ever negative.

    Args:
        regimes: an archetype's regimes, with a swing.

    Returns:
        Shape (states, 48), as `weekly_chances`.
    """
    assert regimes.swing is not None
    chances = weekly_chances(regimes)
    ways = np.array([[state.swing] for state in regimes.states.values()])
    slopes: Floats = chances * regimes.swing.strength * (ways - np.sum(chances * ways, axis=0))
    return slopes


@lru_cache(maxsize=_KEPT_CLOCKS)
def _hours_of_week(axis: TimeAxis, span: Span, zone: str | None) -> NDArray[np.int64]:
    """Return the hour of the day of each hour, 24 more on weekends."""
    local = pl.col("local_time")
    later = is_weekend(local).cast(pl.Int64) * HOURS_PER_DAY
    hours = stamps(axis, span, zone).select(later + local.dt.hour().cast(pl.Int64))
    numbers: NDArray[np.int64] = hours.to_series().to_numpy()
    return numbers
