"""What growth inside of a bucket does: values are expected as at its middle, and drift about it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from capgen.quality.clipped import Clipped, Limits, Part, clipped_mean
from capgen.quality.normal import Floats

_NOTHING = 1e-12  # relative to the mean


class Drift(NamedTuple):
    """How far the means of a bucket's steps lie from their middle.

    Args:
        reach: of the first and the last, shape (n,).
        share: the variance of all, over the square of the reach.
    """

    reach: Floats
    share: Floats


def with_drift(values: Clipped, means: Floats, drift: Drift, parts: tuple[Part, ...], limits: Limits) -> Clipped:
    """Widen what is expected of values by what their means do inside of a bucket.

    Args:
        values: as expected in the middle of each bucket.
        means: of the cells there, before spikes and clip, shape (n,).
        drift: of the means.
        parts: the normals that a value may come from.
        limits: what values can be.
    """
    moving = drift.reach > _NOTHING * (1 + np.abs(means))
    if not moving.any():
        return values
    middle = means[moving]
    reach = drift.reach[moving]
    before, at, after = (clipped_mean(each, parts, limits) for each in (middle - reach, middle, middle + reach))
    central = values.central.copy()
    spread = ((after - before) / 2) ** 2 * drift.share[moving]
    central[4, moving] += 6 * central[2, moving] * spread + 9 / 5 * spread**2  # as of a uniform
    central[2, moving] += spread
    rounding = values.rounding + np.zeros_like(means)
    rounding[moving] += np.abs(before + after - 2 * at) / 2  # where a clip bends the line
    return replace(values, central=central, rounding=rounding)
