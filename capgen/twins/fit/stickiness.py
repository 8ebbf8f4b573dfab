"""Stickiness: solved so that what is expected to stay the same is what stayed the same.

The coupled chain keeps its chances at every step, so that the expectation is known without
drawing. A state k that has the chances π, and π' in the next slot, is kept with probability
s(k) = min(1, π'(k) / π(k)) × stickiness(k); one that is left is entered again with probability
(π'(k) − π(k) s(k)) / (1 − Σ π s).
"""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.states import UNKNOWN

_ROUNDS = 40
_SMALL = 1e-12
_FEWEST = 5  # slots in a state, for a stickiness of its own


def state_stickiness(
    states: Codes, day_kinds: Codes, clock: Clock, chances: Floats, most: float
) -> Floats:
    """Return for each state the chance to stay in it from slot to slot.

    Args:
        states: shape (slots,).
        day_kinds: shape (days,).
        clock: of the slots.
        chances: of the states, shape (kinds, 2, slots of a day, states).
        most: the highest stickiness.
    """
    _, _, per_day, count = chances.shape
    kinds = np.repeat(day_kinds, per_day)
    known = (states != UNKNOWN) & (kinds != UNKNOWN)
    both = known[:-1] & known[1:]
    cells = np.where(known, kinds * clock.cells + clock.slot_cells, 0)
    flat = chances.reshape(-1, count)
    pairs = cells[:-1][both] * len(flat) + cells[1:][both]
    found, weights = np.unique(pairs, return_counts=True)
    before = flat[found // len(flat)]
    after = flat[found % len(flat)]
    starts = np.bincount(states[:-1][both], minlength=count)
    same = states[:-1][both][states[:-1][both] == states[1:][both]]
    wanted = np.bincount(same, minlength=count) / np.maximum(starts, 1)
    solved = _solve(before, after, weights[:, None] * before, wanted, most)
    return np.where(starts >= _FEWEST, solved, 0.0)


def kind_stickiness(day_kinds: Codes, clock: Clock, chances: Floats, most: float) -> float:
    """Return the chance to stay with a kind of day: one for all kinds, as days are few.

    Args:
        day_kinds: shape (days,).
        clock: of the days.
        chances: of the kinds, shape (7, kinds).
        most: the highest stickiness.
    """
    both = (day_kinds[:-1] != UNKNOWN) & (day_kinds[1:] != UNKNOWN)
    if not both.any():
        return 0.0
    before = chances[clock.weekdays[:-1][both]]
    after = chances[clock.weekdays[1:][both]]
    wanted = np.mean(day_kinds[:-1][both] == day_kinds[1:][both])
    low = 0.0
    high = most
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        kept = _kept(before, after, np.full(before.shape[1], middle))
        if (before * kept).sum(axis=1).mean() < wanted:
            low = middle
        else:
            high = middle
    return low


def _solve(before: Floats, after: Floats, weights: Floats, wanted: Floats, most: float) -> Floats:
    """Return the stickiness at which states are kept as often as wanted."""
    stickiness = np.full(before.shape[1], most / 2)
    totals = np.maximum(weights.sum(axis=0), _SMALL)
    for _ in range(_ROUNDS):
        kept = (weights * _kept(before, after, stickiness)).sum(axis=0) / totals
        stickiness = np.clip(stickiness + wanted - kept, 0.0, most)
    return stickiness


def _kept(before: Floats, after: Floats, stickiness: Floats) -> Floats:
    """Return the chance to be in the same state again, of the shape of the chances."""
    stay = np.minimum(1.0, after / np.maximum(before, _SMALL)) * stickiness
    entered = np.maximum(after - before * stay, 0.0)
    total = np.maximum(entered.sum(axis=1, keepdims=True), _SMALL)
    kept: Floats = stay + (1 - stay) * entered / total
    return kept
