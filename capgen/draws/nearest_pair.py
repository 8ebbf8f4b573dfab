"""Which single pair of an impossible correlation matrix does most, and what it could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from capgen.draws.arrays import Floats

_GRID = np.round(np.arange(-99, 100) / 100, 2)  # people write two decimals
_ROOM = 1e-3  # smallest eigenvalue that leaves room for other numbers


def way_out(matrix: Floats, metrics: Sequence[str], nearest: Floats) -> str:
    """Return how an impossible correlation matrix becomes a possible one.

    Args:
        matrix: symmetric, not positive definite.
        metrics: keys of its rows.
        nearest: the possible matrix nearest to it.
    """
    values = {pair: _nearest_value(matrix, *pair) for pair in combinations(range(len(metrics)), 2)}
    changes = {
        pair: abs(value - matrix[pair])
        for pair, value in values.items()
        if value is not None and matrix[pair]
    }
    if changes:
        first, second = min(changes, key=lambda pair: changes[pair])
        name = f"{metrics[first]}~{metrics[second]}"
        return (
            f"{name} {matrix[first, second]:g} does most: {values[first, second]:g} is the nearest "
            "that the others allow"
        )
    moved = {
        f"{metrics[first]}~{metrics[second]}": nearest[first, second]
        for first, second in values
        if abs(nearest[first, second] - matrix[first, second]) > _ROOM
    }
    return f"no pair alone makes it possible; the nearest is {_listed(moved)}"


def _nearest_value(matrix: Floats, first: int, second: int) -> float | None:
    """Return the value of one pair, nearest to its present one, that makes the matrix possible."""
    tried = np.repeat(matrix[None], len(_GRID), axis=0)
    tried[:, first, second] = tried[:, second, first] = _GRID
    possible = _GRID[np.linalg.eigvalsh(tried)[:, 0] > _ROOM]
    if not len(possible):
        return None
    return float(possible[np.abs(possible - matrix[first, second]).argmin()])


def _listed(pairs: Mapping[str, float]) -> str:
    return ", ".join(f"{pair} {np.trunc(value * 100) / 100:g}" for pair, value in pairs.items())
