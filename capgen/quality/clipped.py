"""Moments of clipped normals and of mixtures of them, in closed form.

A value of the panel is clip(X), where X is normal with the cell's mean and the metric's sd, both multiplied by the
spike's factor where a spike falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from capgen.quality.normal import FAR, Floats, density, inner_moments, upper_tail

MOMENTS = 8  # the fourth moment of a squared deviation
_CERTAIN = 1e-6  # an sd of fewer units: always at the clip, but once in 10¹² values
_SMALLEST_SD = 1e-9  # an sd of 0, without its division by zero


class Limits(NamedTuple):
    """What values can be.

    Args:
        low: lower end of the clip, a multiple of `unit`.
        high: upper end of the clip, likewise.
        unit: values are rounded to multiples of it.
    """

    low: float
    high: float
    unit: float


class Part(NamedTuple):
    """One of the normals that a value may come from.

    Args:
        chance: how often.
        scale: what the cell's mean is multiplied with.
        sd: standard deviation before the clip.
    """

    chance: float
    scale: float
    sd: float

    @property
    def some_sd(self) -> float:
        """The sd, or what stands for none, so that values without spread are clipped as others are."""
        return max(self.sd, _SMALLEST_SD)


@dataclass(frozen=True, slots=True)
class Clipped:
    """What is expected of values, one entry for each mean.

    Args:
        mean: shape (n,), with what rounding does to it.
        central: central moments from order 0, shape (MOMENTS + 1, n); the second with what rounding does to it.
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
        means: of the cells, before spikes and clip, shape (n,).
        parts: the normals that a value may come from.
        limits: what values can be.
    """
    result = np.zeros(means.size)
    for part in parts:
        z = _standard_moments(means, part, limits, 1)[1]
        result += part.chance * (part.scale * means + part.some_sd * z + _rounding_of_mean(means, part, limits))
    return result


def clipped(means: Floats, parts: tuple[Part, ...], limits: Limits) -> Clipped:
    """Return what is expected of clipped and rounded values.

    Args:
        means: of the cells, before spikes and clip, shape (n,).
        parts: the normals that a value may come from.
        limits: what values can be.
    """
    moments = [_standard_moments(means, part, limits, MOMENTS) for part in parts]
    pairs = list(zip(parts, moments, strict=True))
    part_means = np.array([part.scale * means + part.some_sd * z[1] for part, z in pairs])
    part_sds = np.array([part.sd * np.sqrt(np.maximum(z[2] - z[1] ** 2, 0)) for part, z in pairs])
    mean = np.zeros(means.size)
    for part, part_mean in zip(parts, part_means, strict=True):
        mean += part.chance * part_mean
    central = np.zeros((MOMENTS + 1, means.size))
    for part, z in pairs:
        central += part.chance * _shifted(z, part.scale * means - mean, part.some_sd)
        central[2] += part.chance * _rounding_of_square(means, part, limits, mean)
    central[2:, central[2] < (_CERTAIN * limits.unit) ** 2] = 0
    for part in parts:
        mean = mean + part.chance * _rounding_of_mean(means, part, limits)
    slack = sum(part.chance * _rounding_slack(part.sd, limits.unit) for part in parts)
    noise = 1e-9 * (1 + np.abs(mean))  # of floating-point sums
    return Clipped(mean, central, part_means, part_sds, slack + noise)


def _edges(means: Floats, part: Part, limits: Limits) -> tuple[Floats, Floats]:
    """Return how many sd the ends of the clip lie from the mean, as far as a float can tell."""
    low = np.maximum((limits.low - part.scale * means) / part.some_sd, -FAR)
    return low, np.minimum((limits.high - part.scale * means) / part.some_sd, FAR)


def _standard_moments(means: Floats, part: Part, limits: Limits, order: int) -> Floats:
    """Return E[Wᵏ] for k = 0 … order, where sd · W is the clipped value less the part's mean.

    E[Wᵏ] = aᵏ Φ(a) + bᵏ (1 − Φ(b)) + Tₖ, with the clip at a and b, and Tₖ = ∫ zᵏ φ(z) dz from a to b
    = (k − 1) Tₖ₋₂ + aᵏ⁻¹ φ(a) − bᵏ⁻¹ φ(b) by parts.
    """
    a, b = _edges(means, part, limits)
    below, above = upper_tail(-a), upper_tail(b)
    inner = inner_moments(a, b, order)
    moments = [np.ones_like(a)]
    for k in range(1, order + 1):
        below = below * a
        above = above * b
        moments.append(below + above + inner[k])
    return np.array(moments)


def _shifted(standard: Floats, shift: Floats, sd: float) -> Floats:
    """Return E[(shift + sd · W)ʲ] for all j, from E[Wᵏ]."""
    powers = [np.ones_like(shift)]
    for _ in range(MOMENTS):
        powers.append(powers[-1] * shift)
    shifted = np.zeros_like(standard)
    for j in range(MOMENTS + 1):
        for k in range(j + 1):
            shifted[j] += math.comb(j, k) * sd**k * powers[j - k] * standard[k]
    return shifted


# Rounding. E[round(Y)] is a midpoint rule for the integral of P(Y > y) over the clip, and E[round(Y)²] one for that of
# 2y P(Y > y). Its error at the ends follows from the Euler-Maclaurin formula; within, it is exponentially small unless
# the sd is below the unit u.


def _rounding_of_mean(means: Floats, part: Part, limits: Limits) -> Floats:
    """Return E[round(Y)] − E[Y]: u²/24 · f − 7u⁴/5760 · f″, at the upper end less at the lower, for the density f."""
    a, b = _edges(means, part, limits)
    at_a, at_b, per_sd = density(a), density(b), _per_sd(part.sd, limits.unit)
    first = limits.unit**2 / 24 * per_sd * (at_b - at_a)
    return first - 7 * limits.unit**4 / 5760 * per_sd**3 * ((b**2 - 1) * at_b - (a**2 - 1) * at_a)


def _rounding_of_square(means: Floats, part: Part, limits: Limits, centre: Floats) -> Floats:
    """Return E[(round(Y) − c)²] − E[(Y − c)²]: u²/12 · (chance to lie within + (y − c) f, upper end less lower)."""
    a, b = _edges(means, part, limits)
    at_ends = (limits.high - centre) * density(b) - (limits.low - centre) * density(a)
    inside = 1 - upper_tail(-a) - upper_tail(b)
    return limits.unit**2 / 12 * (inside + _per_sd(part.sd, limits.unit) * at_ends)


def _per_sd(sd: float, unit: float) -> float:
    """Return 1/sd; 0 where the sd is so far below the unit that the formula does not hold, and the slack covers all."""
    return 1 / sd if sd >= unit / 5 else 0.0


def _rounding_slack(sd: float, unit: float) -> float:
    """Bound what rounding does to a mean within the clip: the first term of the error's Fourier series."""
    return unit / 2 * math.exp(-2 * (math.pi * sd / unit) ** 2)
