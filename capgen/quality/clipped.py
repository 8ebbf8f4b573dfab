"""Moments of clipped normals and of mixtures of them, in closed form.

A value of the panel is clip(X), where X is normal with the cell's mean and the metric's sd, both multiplied by the
spike's factor where a spike falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOMENTS = 8  # the fourth moment of a squared deviation
_FAR = 40.0  # beyond this many sd a normal has nothing left that a float can hold
_NOTHING_BEYOND = 9.0  # so many sd: a chance of 10⁻¹⁹, which is slow to work out and changes no sum
_CERTAIN = 1e-6  # an sd of fewer units: always at the clip, but once in 10¹² values
_SMALLEST_SD = 1e-9  # an sd of 0, without its division by zero
_NODES_PER_SD = 1024  # of the table of the normal's tail, so that a cubic between two is off by 10⁻¹⁴ at the most


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


def upper_tail(z: Floats) -> Floats:
    """Return the chance that a standard normal lies above z.

    Args:
        z: any shape.
    """
    tails, falls = _tail_table()
    position = (np.clip(z, -_NOTHING_BEYOND, _NOTHING_BEYOND) + _NOTHING_BEYOND) * _NODES_PER_SD
    node = position.astype(np.int32)
    t = position - node
    change, fall, next_fall = tails[node + 1] - tails[node], falls[node], falls[node + 1]
    tail: Floats = tails[node] + t * (
        fall + t * (3 * change - 2 * fall - next_fall + t * (fall + next_fall - 2 * change))
    )
    return tail


@cache
def _tail_table() -> tuple[Floats, Floats]:
    """Return a standard normal's upper tail at each node, and its slope there; and one node beyond the last."""
    nodes = np.arange(2 * _NOTHING_BEYOND * _NODES_PER_SD + 2) / _NODES_PER_SD - _NOTHING_BEYOND
    tails = np.array([math.erfc(node / math.sqrt(2)) / 2 for node in nodes])
    tails[0], tails[-2:] = 1.0, 0.0
    return tails, -_density(nodes) / _NODES_PER_SD


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
        result += part.chance * (part.scale * means + part.sd * z + _rounding_of_mean(means, part, limits))
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
    part_means = np.array([part.scale * means + part.sd * z[1] for part, z in pairs])
    part_sds = np.array([part.sd * np.sqrt(np.maximum(z[2] - z[1] ** 2, 0)) for part, z in pairs])
    mean = np.zeros(means.size)
    for part, part_mean in zip(parts, part_means, strict=True):
        mean += part.chance * part_mean
    central = np.zeros((MOMENTS + 1, means.size))
    for part, z in pairs:
        central += part.chance * _shifted(z, part.scale * means - mean, part.sd)
        central[2] += part.chance * _rounding_of_square(means, part, limits, mean)
    central[2:, central[2] < (_CERTAIN * limits.unit) ** 2] = 0
    for part in parts:
        mean = mean + part.chance * _rounding_of_mean(means, part, limits)
    slack = sum(part.chance * _rounding_slack(part.sd, limits.unit) for part in parts)
    noise = 1e-9 * (1 + np.abs(mean))  # of floating-point sums
    return Clipped(mean, central, part_means, part_sds, slack + noise)


def _edges(means: Floats, part: Part, limits: Limits) -> tuple[Floats, Floats]:
    """Return how many sd the ends of the clip lie from the mean, as far as a float can tell."""
    sd = max(part.sd, _SMALLEST_SD)
    low = np.maximum((limits.low - part.scale * means) / sd, -_FAR)
    return low, np.minimum((limits.high - part.scale * means) / sd, _FAR)


def _standard_moments(means: Floats, part: Part, limits: Limits, order: int) -> Floats:
    """Return E[Wᵏ] for k = 0 … order, where sd · W is the clipped value less the part's mean.

    E[Wᵏ] = aᵏ Φ(a) + bᵏ (1 − Φ(b)) + Tₖ, with the clip at a and b, and Tₖ = ∫ zᵏ φ(z) dz from a to b
    = (k − 1) Tₖ₋₂ + aᵏ⁻¹ φ(a) − bᵏ⁻¹ φ(b) by parts.
    """
    a, b = _edges(means, part, limits)
    below, above, at_a, at_b = upper_tail(-a), upper_tail(b), _density(a), _density(b)
    inner = [1 - below - above, at_a - at_b]
    moments = [np.ones_like(a), a * below + b * above + inner[1]]
    for k in range(2, order + 1):
        at_a, at_b, below, above = at_a * a, at_b * b, below * a, above * b
        inner.append((k - 1) * inner[k - 2] + at_a - at_b)
        moments.append(below * a + above * b + inner[k])
    return np.array(moments)


def _shifted(standard: Floats, shift: Floats, sd: float) -> Floats:
    """Return E[(shift + sd · W)ʲ] for all j, from E[Wᵏ]."""
    powers = [np.ones_like(shift)]
    for _ in range(MOMENTS):
        powers.append(powers[-1] * shift)
    scale = max(sd, _SMALLEST_SD)
    shifted = np.zeros_like(standard)
    for j in range(MOMENTS + 1):
        for k in range(j + 1):
            shifted[j] += math.comb(j, k) * scale**k * powers[j - k] * standard[k]
    return shifted


def _density(z: Floats) -> Floats:
    bounded = np.clip(z, -_FAR, _FAR)
    density: Floats = np.exp(-(bounded**2) / 2) / math.sqrt(2 * math.pi)
    return density


# Rounding. E[round(Y)] is a midpoint rule for the integral of P(Y > y) over the clip, and E[round(Y)²] one for that of
# 2y P(Y > y). Its error at the ends follows from the Euler-Maclaurin formula; within, it is exponentially small unless
# the sd is below the unit u.


def _rounding_of_mean(means: Floats, part: Part, limits: Limits) -> Floats:
    """Return E[round(Y)] − E[Y]: u²/24 · f − 7u⁴/5760 · f″, at the upper end less at the lower, for the density f."""
    a, b = _edges(means, part, limits)
    at_a, at_b, per_sd = _density(a), _density(b), _per_sd(part.sd, limits.unit)
    first = limits.unit**2 / 24 * per_sd * (at_b - at_a)
    return first - 7 * limits.unit**4 / 5760 * per_sd**3 * ((b**2 - 1) * at_b - (a**2 - 1) * at_a)


def _rounding_of_square(means: Floats, part: Part, limits: Limits, centre: Floats) -> Floats:
    """Return E[(round(Y) − c)²] − E[(Y − c)²]: u²/12 · (chance to lie within + (y − c) f, upper end less lower)."""
    a, b = _edges(means, part, limits)
    at_ends = (limits.high - centre) * _density(b) - (limits.low - centre) * _density(a)
    inside = 1 - upper_tail(-a) - upper_tail(b)
    return limits.unit**2 / 12 * (inside + _per_sd(part.sd, limits.unit) * at_ends)


def _per_sd(sd: float, unit: float) -> float:
    """Return 1/sd; 0 where the sd is so far below the unit that the formula does not hold, and the slack covers all."""
    return 1 / sd if sd >= unit / 5 else 0.0


def _rounding_slack(sd: float, unit: float) -> float:
    """Bound what rounding does to a mean within the clip: the first term of the error's Fourier series."""
    return unit / 2 * math.exp(-2 * (math.pi * sd / unit) ** 2)
