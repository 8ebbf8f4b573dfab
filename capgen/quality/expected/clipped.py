"""Moments of clipped normals and of mixtures of them, in closed form.

A value of the panel is clip(X), where X is normal with the cell's mean and the metric's sd, both
multiplied by the spike's factor where a spike falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.quality.expected.normal import FAR, Ends, inner_moments
from capgen.quality.expected.rounding import Rounding

MOMENTS = 8  # the fourth moment of a squared deviation
_CERTAIN = 1e-6  # an sd of fewer units: always at the clip, but once in 10¹² values
# Stands for an sd of 0, without its division by zero: far below the rounding of 12 decimals.
_SMALLEST_SD = 1e-15


class Limits(NamedTuple):
    """What values can be.

    Args:
        low: lower end of the clip, a multiple of `unit`.
        high: upper end of the clip, likewise.
        unit: values are rounded to multiples of this.
    """

    low: float
    high: float
    unit: float


class Part(NamedTuple):
    """One of the normals that a value may come from.

    Args:
        chance: how often a value comes from it.
        scale: what the cell's mean is multiplied by; one for all cells, or shape (n,).
        sd: standard deviation before the clip, likewise.
    """

    chance: float
    scale: float | Floats
    sd: float | Floats

    @property
    def some_sd(self) -> Floats:
        """The sd, or what stands for 0, so that values without spread are clipped as others are."""
        return np.maximum(self.sd, _SMALLEST_SD)


@dataclass(frozen=True, slots=True)
class Clipped:
    """What is expected of values, one entry for each mean.

    Args:
        mean: mean, with what rounding does to it, shape (n,).
        central: central moments from order 0, shape (MOMENTS + 1, n); the second with what rounding
            does to it.
        part_means: mean of each part alone, shape (parts, n).
        part_sds: sd of each part alone, shape (parts, n).
        rounding: how far off rounding may leave the mean, shape (n,).
    """

    mean: Floats
    central: Floats
    part_means: Floats
    part_sds: Floats
    rounding: Floats

    @property
    def variance(self) -> Floats:
        """Variance, shape (n,)."""
        variance: Floats = self.central[2]
        return variance


def clipped_mean(means: Floats, parts: tuple[Part, ...], limits: Limits) -> Floats:
    """Return the mean of clipped and rounded values.

    Args:
        means: the cells' means, before spikes and clip, shape (n,).
        parts: the normals that a value may come from.
        limits: what values can be.
    """
    result = np.zeros(means.size)
    for part in parts:
        pieces = _Pieces.of(means, part, limits, 1)
        result += part.chance * (pieces.mean + pieces.rounding.of_mean)
    return result


def clipped(means: Floats, parts: tuple[Part, ...], limits: Limits) -> Clipped:
    """Return what is expected of clipped and rounded values.

    Args:
        means: the cells' means, before spikes and clip, shape (n,).
        parts: the normals that a value may come from.
        limits: what values can be.
    """
    pairs = [(part, _Pieces.of(means, part, limits, MOMENTS)) for part in parts]
    part_means = np.array([pieces.mean for _, pieces in pairs])
    part_sds = np.array([pieces.standard_deviation for _, pieces in pairs])
    mean = np.zeros(means.size)
    for part, pieces in pairs:
        mean += part.chance * pieces.mean
    central = np.zeros((MOMENTS + 1, means.size))
    for part, pieces in pairs:
        central += part.chance * pieces.about(mean, MOMENTS)
        central[2] += part.chance * pieces.rounding.of_square(limits.low - mean, limits.high - mean)
    central[2:, central[2] < (_CERTAIN * limits.unit) ** 2] = 0
    for part, pieces in pairs:
        mean = mean + part.chance * pieces.rounding.of_mean
    slack = sum(part.chance * pieces.rounding.slack for part, pieces in pairs)
    noise = 1e-9 * (1 + np.abs(mean))  # of floating-point sums
    return Clipped(mean, central, part_means, part_sds, slack + noise)


def _ends(means: Floats, part: Part, limits: Limits) -> Ends:
    """Return the ends of the clip, in sd from the mean, as far as a float can tell."""
    low = np.maximum((limits.low - part.scale * means) / part.some_sd, -FAR)
    return Ends.of(low, np.minimum((limits.high - part.scale * means) / part.some_sd, FAR))


class _Pieces(NamedTuple):
    """A clipped normal in three pieces: at the lower end, at the upper one, and between them.

    Each keeps its digits: summed up about a centre near the clip, nothing cancels, however far off
    the normal's mean is.
    """

    limits: Limits
    ends: Ends
    inner: Floats  # ∫ zᵏ φ(z) dz for each order k
    centre: Floats
    sd: Floats
    rounding: Rounding

    @classmethod
    def of(cls, means: Floats, part: Part, limits: Limits, order: int) -> _Pieces:
        ends = _ends(means, part, limits)
        inner = inner_moments(ends, order)
        rounding = Rounding(ends, part.sd, limits.unit)
        return cls(limits, ends, inner, part.scale * means, part.some_sd, rounding)

    @property
    def mean(self) -> Floats:
        at_ends = self.limits.low * self.ends.below + self.limits.high * self.ends.above
        mean: Floats = at_ends + self.centre * self.inner[0] + self.sd * self.inner[1]
        return mean

    @property
    def standard_deviation(self) -> Floats:
        variance: Floats = self.about(self.mean, 2)[2]
        return np.sqrt(np.maximum(variance, 0))

    def about(self, centre: Floats, order: int) -> Floats:
        """Return E[(Y − centre)ʲ] for j = 0 … order."""
        ends = self.ends
        below = _powers(np.where(ends.below > 0, self.limits.low - centre, 0.0), order)
        above = _powers(np.where(ends.above > 0, self.limits.high - centre, 0.0), order)
        shift = _powers(self.centre - centre, order)
        moments = ends.below * below + ends.above * above
        for j in range(order + 1):
            for k in range(j + 1):
                moments[j] += math.comb(j, k) * self.sd**k * shift[j - k] * self.inner[k]
        return moments


def _powers(values: Floats, order: int) -> Floats:
    """Return the powers of values from 0 to an order."""
    powers = np.ones((order + 1, values.size))
    for k in range(order):
        powers[k + 1] = powers[k] * values
    return powers
