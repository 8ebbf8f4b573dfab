"""Curves: the values of states by the score of the noise, in units of the mean, as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from capgen.draws.arrays import Floats, Places
from capgen.draws.interpolation import interpolated
from capgen.settings.quantiles import Quantiles

_DECIMALS = 12  # densities differ between machines in the last bit; rounded means do not


@dataclass(frozen=True, slots=True)
class Curves:
    """The curves of a metric: linear between scores at equal distances, and constant beyond.

    Args:
        highest: the last score; the first is its negative.
        values: at the scores, shape (servers or 1, states, points).
    """

    highest: float
    values: Floats

    @property
    def means(self) -> Floats:
        """What a standard normal score gives on average, shape (servers or 1, states)."""
        scores = np.linspace(-self.highest, self.highest, self.values.shape[-1])
        weights = _weights(tuple(scores.tolist()))
        means: Floats = np.sum(self.values * weights, axis=-1).round(_DECIMALS)
        return means

    def part(self, servers: slice) -> Curves:
        """Return the curves of some of the servers.

        Args:
            servers: which servers.
        """
        return self if len(self.values) == 1 else Curves(self.highest, self.values[servers])

    def follow(self, codes: Places, scores: Floats) -> None:
        """Turn scores into values, in place.

        Args:
            codes: positions of the states, shape (servers, steps).
            scores: of the same shape.
        """
        servers, states, points = self.values.shape
        scores += self.highest
        scores *= (points - 1) / (2 * self.highest)
        np.clip(scores, 0, points - 1, out=scores)
        whole = scores.astype(np.int64)
        scores -= whole
        whole += codes * points
        if servers > 1:
            whole += np.arange(servers)[:, None] * (states * points)
        climbs = np.zeros_like(self.values)
        np.subtract(self.values[..., 1:], self.values[..., :-1], out=climbs[..., :-1])
        scores *= np.take(climbs, whole)
        scores += np.take(self.values, whole)


@dataclass(frozen=True, slots=True)
class PointCurves:
    """Curves that all servers share: linear between points of each state's own.

    Args:
        points: scores and values of each state.
    """

    points: tuple[tuple[Floats, Floats], ...]

    @classmethod
    def through(cls, quantiles: Iterable[Quantiles]) -> PointCurves:
        """Return the curves through some quantiles, in units of the mean.

        Args:
            quantiles: points of the distribution of each state.
        """
        normal = NormalDist()
        points = []
        for of_state in quantiles:
            scores = np.array([normal.inv_cdf(each.at) for each in of_state]).round(_DECIMALS)
            points.append((scores, np.array([each.value for each in of_state])))
        return cls(tuple(points))

    @property
    def means(self) -> Floats:
        """What a standard normal score gives on average, shape (1, states)."""
        means = [
            np.sum(values * _weights(tuple(scores.tolist()))) for scores, values in self.points
        ]
        return np.array([means]).round(_DECIMALS)

    def part(self, servers: slice) -> PointCurves:
        """Return the same curves: those of all servers are those of some.

        Args:
            servers: which servers.
        """
        return self

    def follow(self, codes: Places, scores: Floats) -> None:
        """Turn scores into values, in place.

        Args:
            codes: positions of the states, shape (servers, steps).
            scores: of the same shape.
        """
        for number, (known, values) in enumerate(self.points):
            here = codes == number
            scores[here] = interpolated(scores[here], known, values)


@dataclass(frozen=True, slots=True)
class Season:
    """What moves the scores of the noise by the hour: score = scale × noise + shift.

    Args:
        hours: of a weekday, and then of a day of the weekend, shape (servers or 1, steps).
        shifts: by metric, shape (servers or 1, states or 1, 48).
        scales: by metric, shape (servers or 1, 1).
    """

    hours: Places
    shifts: Mapping[str, Floats]
    scales: Mapping[str, Floats]

    def lay(self, codes: Places | None, of_key: Mapping[str, Floats]) -> None:
        """Turn the noise of metrics into their scores, in place.

        Args:
            codes: positions of the states, shape (servers, steps); None where there are none.
            of_key: noise by metric, of the same shape.
        """
        places: dict[tuple[int, ...], Places] = {}
        for key in of_key.keys() & self.shifts.keys():
            shifts = self.shifts[key]
            if shifts.shape not in places:
                places[shifts.shape] = self._places(codes, *shifts.shape)
            noise = of_key[key]
            noise *= self.scales[key]
            noise += np.take(shifts, places[shifts.shape])

    def _places(self, codes: Places | None, servers: int, states: int, hours: int) -> Places:
        """Return where the shift of each cell stands in a table."""
        places = self.hours
        if states > 1:
            assert codes is not None
            places = places + codes * hours
        if servers > 1:
            places = places + np.arange(servers)[:, None] * (states * hours)
        return places


@lru_cache
def _weights(scores: tuple[float, ...]) -> Floats:
    """Return how much each point of a curve counts for its mean.

    Between two scores a standard normal has a share s and a partial mean f; of the line between the
    points, the right one counts (f − left × s) / distance, and the left one the rest of s.
    """
    normal = NormalDist()
    below = np.array([normal.cdf(score) for score in scores])
    density = np.array([normal.pdf(score) for score in scores])
    left = np.array(scores[:-1])
    shares = np.diff(below)
    of_right = (density[:-1] - density[1:] - left * shares) / np.diff(scores)
    weights = np.zeros(len(scores))
    weights[1:] += of_right
    weights[:-1] += shares - of_right
    weights[0] += below[0]
    weights[-1] += 1 - below[-1]
    return weights
