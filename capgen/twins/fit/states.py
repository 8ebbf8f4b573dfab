"""The states that a server moves between: clusters of its slots by the logarithm of all metrics."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.clusters import Points, centres_of, cluster, nearest_of

UNKNOWN = -1  # no metric has a value
_SMALL = 1e-6
# A slot takes its neighbour's state unless its own is nearer by so much, in units of the usual
# squared distance: without it, slots between two states flicker, and the chain forgets too soon.
# Found out of sample, on real telemetry.
_TOGETHER = 1.0
_ROUNDS = 6


def states_of(values: Floats, clock: Clock, count: int) -> Codes:
    """Return the state of a server in each slot, from the lowest values to the highest.

    Args:
        values: shape (metrics, steps), NaN where missing.
        clock: of the steps.
        count: number of states.

    Returns:
        Numbers of states, shape (slots,); `UNKNOWN` where all values are missing.
    """
    slots = _slots(values, clock)
    known = np.isfinite(slots).any(axis=0)
    points = Points.of(slots[:, known])
    labels = _together(points, cluster(points, count), count)
    states = np.full(slots.shape[1], UNKNOWN, np.int32)
    states[known] = _by_height(labels, np.nan_to_num(slots[:, known]), count)
    return states


def _slots(values: Floats, clock: Clock) -> Floats:
    """Return each slot's standardised logarithms, shape (metrics, slots)."""
    present = np.isfinite(values)
    logarithms = np.log1p(np.where(present, values, 0.0) / _units(values)[:, None])
    shape = (len(values), -1, clock.steps_per_slot)
    counts = present.reshape(shape).sum(axis=2)
    sums = np.where(present, logarithms, 0.0).reshape(shape).sum(axis=2)
    slots = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return _standard(slots)


def _units(values: Floats) -> Floats:
    """Return what values are small beside, so that zeros have a logarithm too."""
    return np.ones(len(values))


def _standard(slots: Floats) -> Floats:
    known = np.isfinite(slots)
    counts = np.maximum(known.sum(axis=1, keepdims=True), 1)
    apart = slots - np.where(known, slots, 0.0).sum(axis=1, keepdims=True) / counts
    variances = np.where(known, apart, 0.0) ** 2
    sds = np.sqrt(variances.sum(axis=1, keepdims=True) / counts)
    standard: Floats = apart / np.maximum(sds, _SMALL)
    return standard


def _together(points: Points, labels: Codes, count: int) -> Codes:
    """Let slots agree with their neighbours: every second one at a time, until none changes."""
    distances = points.squares(centres_of(points, labels, count))
    reward = _TOGETHER * distances.min(axis=0).mean()
    found = labels.copy()
    numbers = np.arange(count)[:, None]
    for _ in range(_ROUNDS):
        before = found.copy()
        for first in (0, 1):
            costs = distances.copy()
            costs[:, 1:] -= reward * (found[:-1] == numbers)
            costs[:, :-1] -= reward * (found[1:] == numbers)
            found[first::2] = nearest_of(costs[:, first::2])
        if np.array_equal(found, before):
            break
    return found


def _by_height(labels: Codes, slots: Floats, count: int) -> Codes:
    """Number clusters anew by the mean of their slots, the lowest first."""
    sizes = np.maximum(np.bincount(labels, minlength=count), 1)
    heights = np.bincount(labels, slots.sum(axis=0), minlength=count) / sizes
    ranks = np.empty(count, np.int32)
    ranks[np.argsort(heights, kind="stable")] = np.arange(count)
    return ranks[labels]
