"""The parts of an archetype's noise, and the correlation of each: a linear model of coregionalization.

Noise is a sum of independent processes, each with a share of every metric's variance and a correlation matrix of its
own (P. Goovaerts, "Geostatistics for Natural Resources Evaluation", 1997, section 4.2). What the configured parts leave
of the variance is independent over time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from capgen.config.correlation import Matrix, pair_of, positive_definite
from capgen.config.dynamics import NoisePart

_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the noise.

    Args:
        name: as configured; empty for what the others leave.
        half_life_hours: after which half of a deviation is left; 0 where nothing is remembered.
        shares: of the metrics' variances, shape (metrics,).
        correlation: of the metrics, shape (metrics, metrics).
    """

    name: str
    half_life_hours: float
    shares: Matrix
    correlation: Matrix


def noise_parts(parts: Mapping[str, NoisePart], target: Matrix, metrics: Sequence[str]) -> list[Part]:
    """Return the parts of the noise, so that their sum has unit variances and the target as correlation.

    Pairs that a part does not name take, in all such parts alike, what is left of the target.

    Args:
        parts: as configured.
        target: the archetype's correlation matrix.
        metrics: keys of the metrics that have noise, in order.

    Returns:
        What the others leave first, then the others in order.

    Raises:
        ValueError: the shares of a metric sum to more than 1, or the correlations are impossible: names the pair and
            the nearest possible value.
    """
    if not parts:
        return [Part("", 0.0, np.ones(len(metrics)), target)]
    shares = np.array([[part.share.get(key, 0.0) for key in metrics] for part in parts.values()])
    left = 1 - shares.sum(axis=0)
    if left.min() < -_EXACT:
        key = metrics[int(left.argmin())]
        raise ValueError(f"expected shares of {key} that sum to at most 1, got {1 - left.min():g}")
    every = np.vstack([np.maximum(left, 0.0), shares])
    matrices = _matrices([{}, *(part.correlation for part in parts.values())], every, target, metrics)
    half_lives = [0.0, *(part.half_life_hours for part in parts.values())]
    return [Part(*each) for each in zip(["", *parts], half_lives, every, matrices, strict=True)]


def _matrices(
    named: Sequence[Mapping[str, float]], shares: Matrix, target: Matrix, metrics: Sequence[str]
) -> list[Matrix]:
    given = np.full((len(named), *target.shape), np.nan)
    for number, pairs in enumerate(named):
        for text, value in pairs.items():
            first, second = pair_of(text, metrics)
            given[number, first, second] = given[number, second, first] = value
    weights = np.sqrt(shares[:, :, None] * shares[:, None, :])
    for first in range(len(metrics)):
        for second in range(first):
            pair = f"{metrics[second]}~{metrics[first]}"
            rest = _rest(given[:, first, second], weights[:, first, second], float(target[first, second]), pair)
            for index in ((first, second), (second, first)):
                column = given[(slice(None), *index)]
                column[np.isnan(column)] = rest
                column[weights[:, first, second] == 0] = 0.0  # of a metric that has no share in the part
    for matrix in given:
        np.fill_diagonal(matrix, 1.0)
    for pairs, matrix in zip(named, given, strict=True):
        positive_definite(matrix, "lower some correlations of the parts" if pairs else "name more pairs in the parts")
    return list(given)


def _rest(given: Matrix, weights: Matrix, target: float, pair: str) -> float:
    """Return the correlation that the parts which do not name a pair must have."""
    is_open = np.isnan(given)
    fixed, room = float(np.sum(weights * np.where(is_open, 0.0, given))), float(np.sum(weights[is_open]))
    nearest = min(max(target, fixed - room), fixed + room)
    if abs(nearest - target) > _EXACT:
        raise ValueError(
            f"expected a correlation of {pair} that the parts can add up to, got {target:g}; "
            f"the nearest possible is {nearest:.4g}"
        )
    return min(max((target - fixed) / room, -1.0), 1.0) if room > _EXACT else 0.0
