"""Season inside states: what the hour of the week adds to a metric's score."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Codes, Floats

_OWN = 1.0  # values that the hour of all states counts for in the hour of one state
_SMALL = 1e-3


def season_of(scores: Floats, states: Codes, cells: Codes, counts: tuple[int, int]) -> Floats:
    """Return the season of each metric.

    Args:
        scores: shape (metrics, steps), NaN where there is none.
        states: of the steps, of known ones from 0.
        cells: hours of the week of the steps.
        counts: numbers of states and of cells.

    Returns:
        Shape (metrics, states, cells).
    """
    found = np.zeros((len(scores), *counts))
    for of_metric, season in zip(scores, found, strict=True):
        known = np.isfinite(of_metric)
        places = states[known] * np.int64(counts[1]) + cells[known]
        size = counts[0] * counts[1]
        numbers = np.bincount(places, minlength=size).reshape(counts)
        sums = np.bincount(places, of_metric[known], minlength=size).reshape(counts)
        of_hour = sums.sum(axis=0) / (numbers.sum(axis=0) + _OWN)
        season[:] = (sums + _OWN * of_hour) / (numbers + _OWN)
    return found


def residuals(scores: Floats, season: Floats, states: Codes, cells: Codes) -> Floats:
    """Return what the season leaves of the scores.

    Args:
        scores: shape (metrics, steps).
        season: shape (metrics, states, cells).
        states: of the steps.
        cells: of the steps.
    """
    left: Floats = scores - season[:, np.maximum(states, 0), cells]
    return left


def spread_of(left: Floats) -> Floats:
    """Return the standard deviation of each metric's residuals, at most 1.

    Args:
        left: residuals, shape (metrics, steps).
    """
    known = np.isfinite(left)
    numbers = np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, left, 0.0)
    means = filled.sum(axis=1) / numbers
    variances = (filled**2).sum(axis=1) / numbers - means**2
    spreads: Floats = np.clip(np.sqrt(np.maximum(variances, 0.0)), _SMALL, 1.0)
    return spreads
