"""What growth inside of a bucket does: values are expected as at its middle, and drift about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl

from capgen.draws.arrays import Floats
from capgen.quality.expected.clipped import Clipped, Limits, Part, clipped_mean

GROWTH_TIME = "growth_time"
REACH = "growth.reach"
SHARE = "growth.share"
_NOTHING = 1e-12  # relative to the mean


class Drift(NamedTuple):
    """The means at the first and the last step of each bucket.

    Args:
        early: means at the first step, shape (n,).
        late: means at the last step, likewise.
        share: the variance of all steps between, over the square of half their distance.
    """

    early: Floats
    late: Floats
    share: Floats


def growth_columns() -> Iterator[pl.Expr]:
    """Yield the middle of a bucket's growth, its reach from there, and its variance over reach²."""
    growth = pl.col(GROWTH_TIME)
    steps = pl.len()
    yield growth.mean()
    yield ((growth.max() - growth.min()) / 2).alias(REACH)
    yield pl.when(steps > 1).then((steps + 1) / (steps - 1) / 3).otherwise(0.0).alias(SHARE)


def with_drift(
    values: Clipped, means: Floats, drift: Drift, parts: tuple[Part, ...], limits: Limits
) -> Clipped:
    """Widen what is expected of values by what their means do inside of a bucket.

    Args:
        values: values as expected in the middle of each bucket.
        means: the cells' means there, before spikes and clip, shape (n,).
        drift: how the means drift.
        parts: the normals that a value may come from.
        limits: what values can be.
    """
    if np.all(np.abs(drift.late - drift.early) <= _NOTHING * (1 + np.abs(means))):
        return values
    before = clipped_mean(drift.early, parts, limits)
    at = clipped_mean(means, parts, limits)
    after = clipped_mean(drift.late, parts, limits)
    spread = ((after - before) / 2) ** 2 * drift.share
    central = values.central.copy()
    central[4] += 6 * central[2] * spread + 9 / 5 * spread**2  # as of a uniform
    central[2] += spread
    # Where a clip bends the line, or a server is resized.
    bend = np.abs(before + after - 2 * at) / 2
    return replace(values, central=central, rounding=values.rounding + bend)
