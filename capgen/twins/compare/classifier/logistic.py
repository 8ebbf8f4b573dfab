"""A logistic regression whose every bit is the same on any number of threads.

Features, weights and residuals are rounded to whole numbers before they are multiplied, so that
their sums are exact. Newton's steps then end where the rounded gradient is nothing, whatever the
order of adding.
"""

from __future__ import annotations

import numpy as np

from capgen.twins.compare.cells import Bools, Floats
from capgen.twins.compare.exact import products

_ROUNDS = 5
_FEATURE = 2.0**6  # parts of a standard deviation
_WEIGHT = 2.0**8
_RESIDUAL = 2.0**16
_FURTHEST = 6.0  # standard deviations
_RIDGE = 0.01  # of the number of rows


def logistic(features: Floats, is_candidate: Bools, others: Floats) -> Floats:
    """Learn to tell rows apart, and score others.

    Args:
        features: rows to learn from.
        is_candidate: which side each is of.
        others: rows to score.

    Returns:
        The log of the odds that each of the others is a candidate's.
    """
    mean = features.mean(axis=0)
    spread = features.std(axis=0)
    rows = _whole(features, mean, spread)
    coefficients = np.zeros(rows.shape[1])
    weights = _balance(is_candidate)
    for _ in range(_ROUNDS):
        coefficients = coefficients + _step(rows, is_candidate, weights, coefficients)
    return _scores(_whole(others, mean, spread), coefficients)


def _whole(features: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return features as whole parts of a standard deviation, after a column of ones."""
    scores = (features - mean) / np.where(spread > 0, spread, 1.0)
    whole = np.rint(np.clip(scores, -_FURTHEST, _FURTHEST) * _FEATURE)
    return np.concatenate([np.full((len(whole), 1), _FEATURE), whole], axis=1)


def _balance(is_candidate: Bools) -> Floats:
    """Return weights with which both sides count the same."""
    share = float(is_candidate.mean())
    weights: Floats = np.where(is_candidate, 0.5 / share, 0.5 / (1 - share))
    return weights


def _scores(rows: Floats, coefficients: Floats) -> Floats:
    scores: Floats = (rows * coefficients).sum(axis=1) / _FEATURE
    return scores


def _step(rows: Floats, is_candidate: Bools, weights: Floats, coefficients: Floats) -> Floats:
    """Return Newton's step towards the likeliest coefficients."""
    chances = 1 / (1 + np.exp(-np.clip(_scores(rows, coefficients), -30, 30)))
    residuals = np.rint((is_candidate - chances) * weights * _RESIDUAL)
    slope = products(rows.T, residuals[None, :])[:, 0] / (_FEATURE * _RESIDUAL)
    curve = np.rint(np.maximum(chances * (1 - chances), 0.01) * weights * _WEIGHT)
    ridge = _RIDGE * len(rows)
    return _solved_curve(rows, curve, ridge, slope - ridge * coefficients)


def _solved_curve(rows: Floats, curve: Floats, ridge: float, slope: Floats) -> Floats:
    """Return the step to where nothing slopes.

    Takes an equation a feature or, by Woodbury's identity, an equation a row where those are fewer.
    """
    features = rows.shape[1]
    if len(rows) < features:
        of_rows = products(rows, rows) / _FEATURE**2 + np.diag(ridge * _WEIGHT / curve)
        return (slope - _scores(rows.T, _solved(of_rows, _scores(rows, slope)))) / ridge
    bend = products(rows.T, (rows * curve[:, None]).T) / (_FEATURE**2 * _WEIGHT)
    return _solved(bend + ridge * np.eye(features), slope)


def _solved(matrix: Floats, right: Floats) -> Floats:
    """Solve a positive definite system by elimination, in one fixed order."""
    system = np.concatenate([matrix, right[:, None]], axis=1)
    size = len(matrix)
    for pivot in range(size):
        row = system[pivot, pivot:] / system[pivot, pivot]
        system[pivot, pivot:] = row
        system[pivot + 1 :, pivot:] -= system[pivot + 1 :, pivot, None] * row
    solution = system[:, size].copy()
    for pivot in range(size - 1, 0, -1):
        solution[:pivot] -= system[:pivot, pivot] * solution[pivot]
    return solution
