"""Clusters of points: k-means from fixed draws, the same to the bit every time."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.draws.streams import stream

_TRIES = 3
_MOST_ROUNDS = 25
_FAR = 1e6


def cluster(points: Floats, count: int) -> Codes:
    """Return the cluster of each point: those of the try that leaves the least distance.

    The first centres are points far from each other, drawn as in k-means++ (D. Arthur and
    S. Vassilvitskii, 2007), then Lloyd's rounds follow until no point moves.

    Args:
        points: shape (points, dimensions).
        count: of clusters; some stay empty where fewer points differ.

    Returns:
        Numbers from 0 to count − 1, shape (points,).
    """
    random = stream(0, "", "", "fit: first centres")
    tries = [_follow(points, _far_points(points, count, random)) for _ in range(_TRIES)]
    return min(tries, key=lambda found: found[1])[0]


def _far_points(points: Floats, count: int, random: np.random.Generator) -> Floats:
    whole = np.nan_to_num(points)
    chosen = [int(random.integers(len(points)))]
    nearest = squares(points, whole[chosen])[:, 0]
    while len(chosen) < count:
        bounds = np.cumsum(nearest)
        place = np.searchsorted(bounds, random.random() * bounds[-1], side="right")
        chosen.append(min(int(place), len(points) - 1))
        nearest = np.minimum(nearest, squares(points, whole[chosen[-1:]])[:, 0])
    return whole[chosen]


def _follow(points: Floats, centres: Floats) -> tuple[Codes, float]:
    """Return the clusters that some centres lead to, and the sum of squares left."""
    labels = np.full(len(points), -1)
    left = np.zeros(0)
    for _ in range(_MOST_ROUNDS):
        distances = squares(points, centres)
        nearest = distances.argmin(axis=1)
        left = np.take_along_axis(distances, nearest[:, None], axis=1)
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        centres = _means(points, labels, centres)
    return labels.astype(np.int32), float(left.sum())


def squares(points: Floats, centres: Floats) -> Floats:
    """Return the squared distance of each point to each centre, shape (points, centres).

    Args:
        points: shape (points, dimensions); NaN where unknown: only what is known counts.
        centres: shape (centres, dimensions).
    """
    known, filled = _filled(points)
    products = np.einsum("pd,cd->pc", filled, centres)
    reached = np.einsum("pd,cd->pc", known, centres**2)
    distances: Floats = (filled**2).sum(axis=1)[:, None] - 2 * products + reached
    return np.maximum(distances, 0.0, out=distances)


def _filled(points: Floats) -> tuple[Floats, Floats]:
    """Return 1 where points are known, and the points with 0 where they are not."""
    known = np.isfinite(points)
    return known.astype(np.float64), np.where(known, points, 0.0)


def centres_of(points: Floats, labels: Codes, count: int) -> Floats:
    """Return the mean of each cluster, shape (clusters, dimensions); far off for an empty one.

    Args:
        points: shape (points, dimensions).
        labels: cluster of each point.
        count: of clusters.
    """
    return _means(points, labels, np.full((count, points.shape[1]), _FAR))


def _means(points: Floats, labels: Codes, centres: Floats) -> Floats:
    """Return the mean of each cluster; an empty one keeps its centre."""
    known, filled = _filled(points)
    member = (labels[:, None] == np.arange(len(centres))).astype(np.float64)
    counts = np.einsum("pc,pd->cd", member, known)
    sums = np.einsum("pc,pd->cd", member, filled)
    return np.where(counts > 0, sums / np.maximum(counts, 1), centres)
