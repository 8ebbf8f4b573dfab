"""Buckets: stretches of time in which all factors but growth are constant. In UTC they are hours.

Sums are made by bucket, and expectations worked out for each. By a local clock a bucket is at most
a quarter of an hour: some clocks differ from UTC by quarters. Where a clock turns between two
quarters, as before standard time and where summer time began at 00:01, buckets are as short as that
takes.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.panel.clocks import clocks, flags_are_local, zone_of
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span, TimeAxis

HOUR = 60
_QUARTER = 15


def bucket_minutes(config: Config) -> int:
    """Return how long a bucket is: a whole part of an hour, so that no hour begins inside of one.

    Args:
        config: the panel's configuration.
    """
    if not flags_are_local(config):
        return HOUR
    axis = config.axis
    if axis.step_minutes >= _QUARTER:  # no bucket has two steps
        return _QUARTER
    zones = {zone_of(config, clock) for clock in clocks(config)}
    return math.gcd(_QUARTER, *(_turning(axis, zone) for zone in zones if zone is not None))


@lru_cache
def _turning(axis: TimeAxis, zone: str) -> int:
    """Return the greatest common divisor of the minutes at which steps show a clock's hour turn."""
    hour = pl.col("local_time").dt.truncate("1h")
    turned: set[int] = set()
    for _, span in axis.years():
        minutes = stamps(axis, span, zone).filter(hour != hour.shift())["timestamp"].dt.minute()
        turned |= set(minutes.to_list())
    return math.gcd(*turned)


def bucket_of_steps(config: Config, span: Span) -> NDArray[np.int64]:
    """Return which bucket each step lies in: numbers from 0 on, none of them left out.

    Args:
        config: the panel's configuration.
        span: some steps.
    """
    buckets = np.arange(span.first, span.stop) * config.step_minutes // bucket_minutes(config)
    numbers: NDArray[np.int64] = np.cumsum(np.diff(buckets, prepend=buckets[0]) > 0)
    return numbers


def first_steps(config: Config, span: Span) -> NDArray[np.int64]:
    """Return the position of each bucket's first step, for `np.ufunc.reduceat`.

    Args:
        config: the panel's configuration.
        span: some steps.
    """
    begins = np.diff(bucket_of_steps(config, span), prepend=-1)
    positions: NDArray[np.int64] = np.flatnonzero(begins)
    return positions
