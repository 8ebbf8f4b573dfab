"""Correlated normals from independent ones."""

from __future__ import annotations

import math

import numpy as np

from capgen.draws.arrays import Floats, few_rows


def cholesky(matrix: Floats) -> Floats:
    """Return the Cholesky factor of a correlation matrix.

    Worked out element by element (Cholesky-Banachiewicz), because a BLAS may round differently on
    another machine.

    Args:
        matrix: symmetric and positive definite, shape (n, n).

    Returns:
        The lower triangular factor of the same shape; factor times its transpose is the matrix.
    """
    size = len(matrix)
    factor = np.zeros((size, size))
    for row in range(size):
        for column in range(row + 1):
            rest = float(matrix[row, column])
            for inner in range(column):
                rest -= float(factor[row, inner]) * float(factor[column, inner])
            if row == column:
                factor[row, column] = math.sqrt(rest)
            else:
                factor[row, column] = rest / float(factor[column, column])
    return factor


def correlate(factor: Floats, independent: Floats) -> None:
    """Turn independent normals into correlated ones, in place: noise = factor · independent.

    Worked out element by element in a fixed order, so that the last bit does not depend on how many
    cells are worked out together.

    Args:
        factor: lower triangular, shape (metrics, metrics), with (servers, 1) behind it where each
            server has its own.
        independent: shape (metrics, servers, steps); noise afterwards, standard normal for each
            metric.
    """
    for some in few_rows(*independent.shape[1:]):
        _correlate(factor[:, :, some] if factor.ndim > 2 else factor, independent[:, some])


def _correlate(factor: Floats, independent: Floats) -> None:
    """Do so from the last metric up, because each needs only those before it."""
    part = np.empty(independent.shape[1:])
    for row in reversed(range(len(independent))):
        noise = independent[row]
        noise *= factor[row, row]
        for column in range(row):
            np.multiply(independent[column], factor[row, column], out=part)
            noise += part
