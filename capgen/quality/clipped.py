"""Moments of clipped normals and of mixtures of them, in closed form.

A value of the panel is clip(X), where X is normal with the cell's mean and the metric's sd, both multiplied by the
spike's factor where a spike falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOMENTS = 8  # the fourth moment of a squared deviation
_FAR = 40.0  # beyond this many sd a normal has nothing left that a float can hold
_SMALLEST_SD = 1e-9  # an sd of 0, without its division by zero
_erfc = np.frompyfunc(math.erfc, 1, 1)


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
        mean: shape (n,).
        central: central moments from order 0, shape (MOMENTS + 1, n); the rounding's variance is in the second.
        part_means: mean of each part alone, shape (parts, n).
        part_sds: sd of each part alone, shape (parts, n).
        rounding: how far rounding may move the mean, shape (n,).
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
    tail: Floats = np.asarray(_erfc(z / math.sqrt(2)), dtype=np.float64) / 2
    return tail


def clipped_mean(means: Floats, parts: tuple[Part, ...], low: float, high: float) -> Floats:
    """Return the mean of clipped values.

    Args:
        means: of the cells, before spikes and clip, shape (n,).
        parts: the normals that a value may come from.
        low: lower end of the clip.
        high: upper end of the clip.
    """
    result = np.zeros(means.size)
    for part in parts:
        result += part.chance * (part.scale * means + part.sd * _standard_moments(means, part, low, high, 1)[1])
    return result


def clipped(means: Floats, parts: tuple[Part, ...], low: float, high: float, unit: float) -> Clipped:
    """Return what is expected of clipped and rounded values.

    Args:
        means: of the cells, before spikes and clip, shape (n,).
        parts: the normals that a value may come from.
        low: lower end of the clip.
        high: upper end of the clip.
        unit: values are rounded to multiples of it.
    """
    moments = [_standard_moments(means, part, low, high, MOMENTS) for part in parts]
    part_means = np.array([p.scale * means + p.sd * m[1] for p, m in zip(parts, moments, strict=True)])
    part_sds = np.array([p.sd * np.sqrt(np.maximum(m[2] - m[1] ** 2, 0)) for p, m in zip(parts, moments, strict=True)])
    mean = sum(part.chance * each for part, each in zip(parts, part_means, strict=True))
    central = np.zeros((MOMENTS + 1, means.size))
    for part, standard in zip(parts, moments, strict=True):
        central += part.chance * _shifted(standard, part.scale * means - mean, part.sd)
    central[2] = np.maximum(central[2], 0) + unit**2 / 12  # Sheppard's correction
    rounding = sum(part.chance * _rounding_bias(part.sd, unit) for part in parts)
    noise = 1e-9 * (1 + np.abs(mean))  # of floating-point sums
    return Clipped(mean, central, part_means, part_sds, rounding + noise)


def _standard_moments(means: Floats, part: Part, low: float, high: float, order: int) -> Floats:
    """Return E[Wᵏ] for k = 0 … order, where sd · W is the clipped value less the part's mean.

    E[Wᵏ] = aᵏ Φ(a) + bᵏ (1 − Φ(b)) + Tₖ, with the clip at a and b, and Tₖ = ∫ zᵏ φ(z) dz from a to b
    = (k − 1) Tₖ₋₂ + aᵏ⁻¹ φ(a) − bᵏ⁻¹ φ(b) by parts.
    """
    sd = max(part.sd, _SMALLEST_SD)
    a = np.maximum((low - part.scale * means) / sd, -_FAR)
    b = np.minimum((high - part.scale * means) / sd, _FAR)
    below, above = upper_tail(-a), upper_tail(b)
    at_a, at_b = _density(a), _density(b)
    inner = [1 - below - above, at_a - at_b]
    for k in range(2, order + 1):
        inner.append((k - 1) * inner[k - 2] + a ** (k - 1) * at_a - b ** (k - 1) * at_b)
    return np.array([a**k * below + b**k * above + inner[k] for k in range(order + 1)])


def _shifted(standard: Floats, shift: Floats, sd: float) -> Floats:
    """Return E[(shift + sd · W)ʲ] for all j, from E[Wᵏ]."""
    powers = [shift**0]
    for _ in range(MOMENTS):
        powers.append(powers[-1] * shift)
    scale = max(sd, _SMALLEST_SD)
    return np.array(
        [
            sum(math.comb(j, k) * scale**k * powers[j - k] * standard[k] for k in range(j + 1))
            for j in range(MOMENTS + 1)
        ]
    )


def _density(z: Floats) -> Floats:
    bounded = np.clip(z, -_FAR, _FAR)
    density: Floats = np.exp(-(bounded**2) / 2) / math.sqrt(2 * math.pi)
    return density


def _rounding_bias(sd: float, unit: float) -> float:
    """Bound how far rounding moves the mean of a normal: nothing but where its sd is below the unit.

    The first term of the Fourier series of the rounding error, averaged over the normal.
    """
    return unit / 2 * math.exp(-2 * (math.pi * sd / unit) ** 2)
