"""Scores: the place of each value among those of the same state, as a standard normal."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.draws.streams import stream

_FEWEST = 10  # values of a state; of fewer, the places say nothing
_GRID = np.linspace(-6, 6, 3073)
_BELOW = np.array([NormalDist().cdf(score) for score in _GRID])


def scores_of(values: Floats, states: Codes, count: int) -> Floats:
    """Return the scores of values; equal ones are ordered by chance, the same one every time.

    Args:
        values: shape (metrics, steps), NaN where missing.
        states: of the steps.
        count: number of states.

    Returns:
        Of the shape of the values; NaN where there is no value, or too few of a state.
    """
    shuffled = stream(0, "", "", "fit: equal values").permutation(values.shape[1])
    in_state = [shuffled[states[shuffled] == state] for state in range(count)]
    found = np.full(values.shape, np.nan)
    for of_metric, scores in zip(values, found, strict=True):
        for places in in_state:
            known = places[np.isfinite(of_metric[places])]
            if len(known) >= _FEWEST:
                order = known[np.argsort(of_metric[known], kind="stable")]
                scores[order] = scores_at((np.arange(len(known)) + 0.5) / len(known))
    return found


def scores_at(shares: Floats) -> Floats:
    """Return the scores below which some shares of a standard normal lie.

    Args:
        shares: from 0 to 1.
    """
    scores: Floats = np.interp(shares, _BELOW, _GRID)
    return scores
