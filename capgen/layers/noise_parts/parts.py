"""The parts of an archetype's noise and their correlations: a linear model of coregionalization.

Noise is a sum of independent processes, each with a share of every metric's variance and a
correlation matrix of its own (P. Goovaerts, "Geostatistics for Natural Resources Evaluation", 1997,
section 4.2). What the configured parts leave of the variance is independent over time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from capgen.draws.arrays import Floats as Matrix
from capgen.draws.correlation import SMALLEST_EIGENVALUE, pair_of
from capgen.layers.noise_parts.settings import NoisePart

_EXACT = 1e-9
# Of what unnamed pairs could add: at a correlation of 1 no matrix is positive definite.
_MOST = 0.999
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the noise.

    Args:
        name: the configured name; empty for what the others leave.
        half_life_hours: after which half of a deviation is left; 0 where nothing is remembered.
        shares: shares of the metrics' variances, shape (metrics,).
        correlation: correlations of the metrics, shape (metrics, metrics).
    """

    name: str
    half_life_hours: float
    shares: Matrix
    correlation: Matrix


def noise_parts(
    parts: Mapping[str, NoisePart], target: Matrix, metrics: Sequence[str]
) -> list[Part]:
    """Return parts of the noise whose sum has unit variances and the target as correlation.

    Pairs that a part does not name take what is left of the target, in all such parts alike.

    Args:
        parts: the configured parts, by name.
        target: the archetype's correlation matrix.
        metrics: keys of the metrics that have noise, in order.

    Returns:
        What the others leave first, then the others in order.

    Raises:
        ValueError: the shares of a metric sum to more than 1, or the correlations are impossible:
            names the pairs and the nearest possible values.
    """
    if not parts:
        return [Part("", 0.0, np.ones(len(metrics)), target)]
    shares = np.array([[part.share.get(key, 0.0) for key in metrics] for part in parts.values()])
    left = 1 - shares.sum(axis=0)
    if left.min() < -_EXACT:
        key = metrics[int(left.argmin())]
        raise ValueError(f"expected shares of {key} that sum to at most 1, got {1 - left.min():g}")
    every = np.vstack([np.maximum(left, 0.0), shares])
    named = [{}, *(part.correlation for part in parts.values())]
    matrices = _Sum.of(named, every, target, metrics).matrices()
    half_lives = [0.0, *(part.half_life_hours for part in parts.values())]
    columns = zip(["", *parts], half_lives, every, matrices, strict=True)
    return [Part(*each) for each in columns]


@dataclass(frozen=True, slots=True)
class _Sum:
    """What the parts' correlations must add up to.

    Args:
        given: correlations of each part, NaN where it does not name a pair, shape (parts,
            metrics, metrics).
        weights: what each counts for in the sum, of the same shape.
        target: the sum, shape (metrics, metrics).
        metrics: their keys.
    """

    given: Matrix
    weights: Matrix
    target: Matrix
    metrics: Sequence[str]

    @classmethod
    def of(
        cls,
        named: Sequence[Mapping[str, float]],
        shares: Matrix,
        target: Matrix,
        metrics: Sequence[str],
    ) -> _Sum:
        given = np.full((len(named), *target.shape), np.nan)
        for number, pairs in enumerate(named):
            np.fill_diagonal(given[number], 1.0)
            for text, value in pairs.items():
                first, second = pair_of(text, metrics)
                given[number, first, second] = given[number, second, first] = value
        return cls(given, np.sqrt(shares[:, :, None] * shares[:, None, :]), target, metrics)

    @property
    def fixed(self) -> Matrix:
        """What the named pairs add up to."""
        total: Matrix = np.sum(self.weights * np.nan_to_num(self.given), axis=0)
        return total

    @property
    def room(self) -> Matrix:
        """What pairs that are not named could add to it, at a correlation of 1."""
        total: Matrix = np.sum(self.weights * np.isnan(self.given), axis=0)
        return total

    def matrices(self) -> list[Matrix]:
        """Return the correlation matrices of the parts.

        Raises:
            ValueError: there are none.
        """
        room = _MOST * self.room
        nearest = np.clip(self.target, self.fixed - room, self.fixed + room)
        if np.abs(nearest - self.target).max() > _EXACT:
            raise ValueError(
                f"expected correlations that the parts can add up to, {self._instead(nearest)}"
            )
        found = self._with(1.0)
        if not _are_possible(found):
            raise ValueError(
                f"expected correlations that the parts can add up to together, {self._lowered()}"
            )
        return list(found)

    def _with(self, scale: float) -> Matrix:
        """Return the matrices; unnamed pairs correlate by so much of what the target needs."""
        needed = np.divide(
            self.target - self.fixed,
            self.room,
            out=np.zeros_like(self.room),
            where=self.room > _EXACT,
        )
        every: Matrix = np.where(np.isnan(self.given), scale * needed, self.given)
        return np.where((self.weights == 0) & (np.eye(len(self.metrics)) == 0), 0.0, every)

    def _lowered(self) -> str:
        if not _are_possible(self._with(0.0)):
            return (
                "got pairs of one part that are not positive definite together; lower some of them"
            )
        low = 0.0
        high = 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _are_possible(self._with(middle)):
                low = middle
            else:
                high = middle
        return self._instead(self.fixed + (self.target - self.fixed) * _MOST * low)

    def _instead(self, possible: Matrix) -> str:
        """Say which pairs could have which correlation."""
        pairs = [(first, second) for second in range(len(self.metrics)) for first in range(second)]
        changed = [pair for pair in pairs if abs(possible[pair] - self.target[pair]) > _EXACT]
        got = ", ".join(f"{self._name(*pair)} {self.target[pair]:g}" for pair in changed)
        instead = ", ".join(f"{self._name(*pair)} {possible[pair]:.10g}" for pair in changed)
        return f"got {got}; the nearest possible: {instead}"

    def _name(self, first: int, second: int) -> str:
        return f"{self.metrics[first]}~{self.metrics[second]}"


def _are_possible(matrices: Matrix) -> bool:
    return bool(np.linalg.eigvalsh(matrices).min() > SMALLEST_EIGENVALUE)
