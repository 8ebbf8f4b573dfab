"""Curves: the quantiles of a metric in each state, at the scores of the library."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.layers.library.schema import POINTS, SCORES
from capgen.layers.regimes.chances import shares_below

_FEWEST = 1  # values in a state, for a curve of its own: rare states are extremes


def curves_of(values: Floats, states: Codes, count: int) -> Floats:
    """Return the quantiles of each metric in each state.

    Args:
        values: shape (metrics, steps), NaN where missing.
        states: of the steps.
        count: number of states.

    Returns:
        Shape (metrics, states, points); states of too few values have those of all states, and
        metrics without a value 0.
    """
    found = np.zeros((len(values), count, POINTS))
    shares = shares_below(SCORES)
    for of_metric, curves in zip(values, found, strict=True):
        known = np.isfinite(of_metric)
        for state in range(count):
            inside = of_metric[known & (states == state)]
            if len(inside) < _FEWEST:
                inside = of_metric[known]
            if len(inside):
                curves[state] = np.quantile(inside, shares)
    return found
