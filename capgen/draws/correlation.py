"""Correlation matrices of the noise, and the nearest possible one to an impossible one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.nearest_pair import way_out

# A smallest eigenvalue at or below this counts as not positive definite.
SMALLEST_EIGENVALUE = 1e-10
# A repair leaves no smaller eigenvalue, so that the Cholesky factor exists with room to spare.
_REPAIRED_EIGENVALUE = 1e-6
# Eigenvalue routines differ between machines in the last bits; a repaired matrix must not.
_REPAIR_DECIMALS = 8
_REPAIR_ROUNDS = 1000


def pair_of(text: str, metrics: Sequence[str]) -> tuple[int, int]:
    """Return the positions of the two metrics that a correlation key such as `cpu~mem` names.

    Args:
        text: two metric keys joined by `~`, in either order.
        metrics: keys of the metrics that have noise, in order.

    Returns:
        Two different positions in `metrics`, the smaller first.

    Raises:
        ValueError: the text is no pair of two different known metrics.
    """
    names = text.split("~")
    if len(names) != 2 or names[0] == names[1] or not set(names) <= set(metrics):
        raise ValueError(
            f"expected two different metrics of {', '.join(metrics)} joined by ~, got {text[:60]!r}"
        )
    first, second = sorted(metrics.index(name) for name in names)
    return first, second


def correlation_matrix(
    pairs: Mapping[str, float], metrics: Sequence[str], *, repair: bool
) -> Floats:
    """Return the correlation matrix that the pairs describe.

    Args:
        pairs: correlation by key such as `cpu~mem`; pairs left out are 0.
        metrics: keys of the metrics that have noise, in order.
        repair: take the nearest correlation matrix where the pairs are impossible together.

    Returns:
        A positive definite matrix of shape (metrics, metrics).

    Raises:
        ValueError: not positive definite and `repair` is off; names the smallest eigenvalue.
    """
    matrix = _as_configured(pairs, metrics)
    if _smallest_eigenvalue(matrix) > SMALLEST_EIGENVALUE:
        return matrix
    nearest = nearest_correlation_matrix(matrix)
    if repair:
        return nearest
    advice = way_out(matrix, metrics, nearest)
    return positive_definite(
        matrix, f"{advice}; or set repair_correlation: true to take the nearest possible matrix"
    )


def positive_definite(matrix: Floats, advice: str) -> Floats:
    """Return a symmetric matrix if it is positive definite.

    Args:
        matrix: symmetric.
        advice: what to say where it is not.

    Raises:
        ValueError: not positive definite; names the smallest eigenvalue.
    """
    smallest = _smallest_eigenvalue(matrix)
    if smallest <= SMALLEST_EIGENVALUE:
        raise ValueError(
            f"expected a positive definite matrix, got smallest eigenvalue {smallest:.3g}; {advice}"
        )
    return matrix


def _smallest_eigenvalue(matrix: Floats) -> float:
    return float(np.linalg.eigvalsh(matrix)[0])


def repair_distance(pairs: Mapping[str, float], metrics: Sequence[str]) -> float:
    """Return the largest change that a repair makes to any correlation: 0 where none is needed.

    Args:
        pairs: correlation by key such as `cpu~mem`.
        metrics: keys of the metrics that have noise, in order.

    Returns:
        The largest absolute difference between configured and repaired correlation.
    """
    configured = _as_configured(pairs, metrics)
    return float(np.abs(correlation_matrix(pairs, metrics, repair=True) - configured).max())


def nearest_correlation_matrix(matrix: Floats) -> Floats:
    """Return the correlation matrix nearest to a symmetric one in the Frobenius norm.

    Alternating projections with Dykstra's correction: N. J. Higham, "Computing the nearest
    correlation matrix", IMA Journal of Numerical Analysis 22 (2002), 329-343, algorithm 3.3.

    Args:
        matrix: symmetric, ones on the diagonal, shape (n, n).

    Returns:
        A positive definite correlation matrix of the same shape.
    """
    current = matrix.copy()
    correction = np.zeros_like(matrix)
    for _ in range(_REPAIR_ROUNDS):
        shifted = current - correction
        projected = _with_eigenvalues_above(shifted, _REPAIRED_EIGENVALUE)
        correction = projected - shifted
        following = projected.copy()
        np.fill_diagonal(following, 1.0)
        if np.abs(following - current).max() < 10**-_REPAIR_DECIMALS:
            break
        current = following
    # The last projection sets the diagonal, which may cost a little definiteness: give that back.
    safe = _with_eigenvalues_above(following, _REPAIRED_EIGENVALUE)
    scale = np.sqrt(np.diag(safe))
    rounded: Floats = np.round(safe / np.outer(scale, scale), _REPAIR_DECIMALS)
    return rounded


def _as_configured(pairs: Mapping[str, float], metrics: Sequence[str]) -> Floats:
    matrix = np.eye(len(metrics))
    for text, value in pairs.items():
        first, second = pair_of(text, metrics)
        matrix[first, second] = matrix[second, first] = value
    return matrix


def _with_eigenvalues_above(matrix: Floats, floor: float) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    projected: Floats = (vectors * np.maximum(values, floor)) @ vectors.T
    return (projected + projected.T) / 2
