"""What clocks show at hours: the hour of the week, and the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import polars as pl

from capgen.draws.arrays import Places
from capgen.timeline.epoch import HOURS_PER_DAY
from capgen.timeline.stamps import is_weekend, stamps
from capgen.timeline.time_axis import Span, TimeAxis

_KEPT_YEARS = 64  # of clocks
_LOCAL = pl.col("local_time")


def hours_of_week(axis: TimeAxis, span: Span, zones: Sequence[str | None]) -> Places:
    """Return the hour of the day of each hour, 24 more on weekends: which `weekly_chances` hold.

    Args:
        axis: a time axis of hours.
        span: the hours.
        zones: zones of the servers' clocks.

    Returns:
        Shape (servers, hours), or (1, hours) where all follow one clock.
    """
    return _shown(axis, span, zones, _hour_of_week)


def days_of_hours(axis: TimeAxis, span: Span, zones: Sequence[str | None]) -> Places:
    """Return the day that each hour belongs to, counted from 1970-01-01.

    Args:
        axis: a time axis of hours.
        span: the hours.
        zones: zones of the servers' clocks.

    Returns:
        Shape (servers, hours), or (1, hours) where all follow one clock.
    """
    return _shown(axis, span, zones, _day)


def _hour_of_week() -> pl.Expr:
    later = is_weekend(_LOCAL).cast(pl.Int64) * HOURS_PER_DAY
    return later + _LOCAL.dt.hour().cast(pl.Int64)


def _day() -> pl.Expr:
    return _LOCAL.dt.date().cast(pl.Int32).cast(pl.Int64)


def _shown(
    axis: TimeAxis, span: Span, zones: Sequence[str | None], what: Callable[[], pl.Expr]
) -> Places:
    followed = zones if len(set(zones)) > 1 else zones[:1]
    years = [block.span for block in axis.blocks(span)]
    here = span.within(Span(years[0].first, years[-1].stop))

    def of_clock(zone: str | None) -> Places:
        return np.concatenate([_in_year(axis.of_panel, year, zone, what) for year in years])[here]

    return np.stack([of_clock(zone) for zone in followed])


@lru_cache(maxsize=_KEPT_YEARS)
def _in_year(axis: TimeAxis, year: Span, zone: str | None, what: Callable[[], pl.Expr]) -> Places:
    """Return what a clock shows in a year: spans of several archetypes, or futures, share it."""
    shown: Places = stamps(axis, year, zone).select(what()).to_series().to_numpy()
    return shown
