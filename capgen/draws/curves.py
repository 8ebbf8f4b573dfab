"""Curves: distributions by some of their quantiles, as functions of a standard normal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from capgen.draws.arrays import Floats
from capgen.settings.quantiles import Quantiles

_DECIMALS = 12  # scores differ between machines in the last bit; rounded ones do not
_KEPT_CURVES = 256


@dataclass(frozen=True, slots=True)
class Curve:
    """A distribution with mean 0 and sd 1, as a function of a standard normal.

    The function is linear between its points, and constant beyond the first and the last.

    Args:
        scores: the points' standard normals, climbing.
        values: the function's values at them.
    """

    scores: Floats
    values: Floats


@lru_cache(maxsize=_KEPT_CURVES)
def curve(quantiles: Quantiles) -> Curve:
    """Return the curve through some quantiles, moved and scaled to mean 0 and sd 1.

    Args:
        quantiles: points of the distribution, as configured.
    """
    normal = NormalDist()
    scores = np.array([normal.inv_cdf(each.at) for each in quantiles]).round(_DECIMALS)
    lowest = quantiles[0].value
    highest = quantiles[-1].value
    values = np.array([(each.value - lowest) / (highest - lowest) for each in quantiles])
    mean, second = _moments(scores, values)
    standard = (values - mean) / math.sqrt(second - mean**2)
    return Curve(scores, standard.round(_DECIMALS))


def _moments(scores: Floats, values: Floats) -> tuple[float, float]:
    """Return E[v(z)] and E[v(z)²].

    On each stretch v = a + b z, and the partial moments of a normal are known.
    """
    normal = NormalDist()
    edges = [-math.inf, *scores.tolist(), math.inf]
    heights = [values[0], *values.tolist(), values[-1]]
    mean = second = 0.0
    for left, right, low, high in zip(edges, edges[1:], heights, heights[1:], strict=False):
        slope = 0.0 if math.isinf(left) or math.isinf(right) else (high - low) / (right - left)
        start = low - slope * left if slope else low
        share = normal.cdf(right) - normal.cdf(left)
        first = _density(left) - _density(right)
        square = share + _edge(left) - _edge(right)
        mean += start * share + slope * first
        second += start**2 * share + 2 * start * slope * first + slope**2 * square
    return mean, second


def _density(score: float) -> float:
    return math.exp(-(score**2) / 2) / math.sqrt(2 * math.pi)


def _edge(score: float) -> float:
    return 0.0 if math.isinf(score) else score * _density(score)
