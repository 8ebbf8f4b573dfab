"""Clusters of points: k-means from fixed draws, the same to the bit every time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capgen.draws.arrays import Codes, Flags, Floats
from capgen.draws.streams import stream

_TRIES = 3
_MOST_ROUNDS = 25
_FAR = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points to cluster, of which only the known coordinates count.

    Args:
        coordinates: 0 where unknown; behind them, for those that not all points have, 1 where
            known and 0 where not, shape (dimensions + those, points).
        has_gaps: whether not all points have a coordinate, shape (dimensions,).
        lengths: squared distance of each point to 0, shape (points,).
    """

    coordinates: Floats
    has_gaps: Flags
    lengths: Floats

    @classmethod
    def of(cls, coordinates: Floats) -> Points:
        """Return points.

        Args:
            coordinates: shape (dimensions, points), NaN where unknown.
        """
        known = np.isfinite(coordinates)
        has_gaps: Flags = ~np.logical_and.reduce(known, axis=1)
        filled = np.where(known, coordinates, 0.0)
        return cls(np.concatenate([filled, known[has_gaps]]), has_gaps, (filled**2).sum(axis=0))

    def at(self, place: int) -> Floats:
        """Return the coordinates of a point, shape (dimensions,).

        Args:
            place: its number.
        """
        whole: Floats = self.coordinates[: len(self.has_gaps), place]
        return whole

    def squares(self, centres: Floats) -> Floats:
        """Return the squared distance of each point to each centre, shape (centres, points).

        Args:
            centres: shape (centres, dimensions).
        """
        lengths = centres**2
        factors = np.concatenate([-2 * centres, lengths[:, self.has_gaps]], axis=1)
        distances: Floats = np.einsum("cd,dp->cp", factors, self.coordinates)
        distances += lengths[:, ~self.has_gaps].sum(axis=1, keepdims=True)
        distances += self.lengths
        np.maximum(distances, 0.0, out=distances)
        return distances

    def means(self, labels: Codes, centres: Floats) -> Floats:
        """Return the mean of each cluster; an empty one keeps its centre.

        Args:
            labels: cluster of each point.
            centres: shape (clusters, dimensions).
        """
        member = (labels == np.arange(len(centres))[:, None]).astype(np.float64)
        sums = np.einsum("cp,dp->cd", member, self.coordinates)
        counts = np.repeat(member.sum(axis=1, keepdims=True), len(self.has_gaps), axis=1)
        counts[:, self.has_gaps] = sums[:, len(self.has_gaps) :]
        means = sums[:, : len(self.has_gaps)] / np.maximum(counts, 1)
        return np.where(counts > 0, means, centres)


def cluster(points: Points, count: int) -> Codes:
    """Return the cluster of each point: those of the try that leaves the least distance.

    The first centres are points far from each other, drawn as in k-means++ (D. Arthur and
    S. Vassilvitskii, 2007), then Lloyd's rounds follow until no point moves.

    Args:
        points: what to cluster.
        count: of clusters; some stay empty where fewer points differ.

    Returns:
        Numbers from 0 to count − 1, shape (points,).
    """
    random = stream(0, "", "", "fit: first centres")
    tries = [_follow(points, _far_points(points, count, random)) for _ in range(_TRIES)]
    return min(tries, key=lambda found: found[1])[0]


def centres_of(points: Points, labels: Codes, count: int) -> Floats:
    """Return the mean of each cluster, shape (clusters, dimensions); far off for an empty one.

    Args:
        points: what was clustered.
        labels: cluster of each point.
        count: of clusters.
    """
    return points.means(labels, np.full((count, len(points.has_gaps)), _FAR))


def nearest_of(distances: Floats) -> Codes:
    """Return which is the least for each point, the first one of equals; faster than argmin.

    Args:
        distances: shape (centres, points).
    """
    least = distances.min(axis=0)
    found = np.zeros(len(least), np.int32)
    for number in reversed(range(len(distances))):
        found[distances[number] == least] = number
    return found


def _far_points(points: Points, count: int, random: np.random.Generator) -> Floats:
    chosen = [points.at(int(random.integers(len(points.lengths))))]
    nearest = points.squares(chosen[0][None])[0]
    while len(chosen) < count:
        bounds = np.cumsum(nearest)
        place = np.searchsorted(bounds, random.random() * bounds[-1], side="right")
        chosen.append(points.at(min(int(place), len(points.lengths) - 1)))
        nearest = np.minimum(nearest, points.squares(chosen[-1][None])[0])
    return np.stack(chosen)


def _follow(points: Points, centres: Floats) -> tuple[Codes, float]:
    """Return the clusters that some centres lead to, and the sum of squares left."""
    labels = np.full(len(points.lengths), -1, np.int32)
    left = 0.0
    for _ in range(_MOST_ROUNDS):
        distances = points.squares(centres)
        nearest = nearest_of(distances)
        left = float(distances.min(axis=0).sum())
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        centres = points.means(labels, centres)
    return labels, left
