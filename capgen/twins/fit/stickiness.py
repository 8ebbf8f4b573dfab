"""Stickiness: solved so that what is expected to stay the same is what stayed the same."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.regimes.settings import MOST_KIND_STICKINESS, MOST_STICKINESS
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.coupled import kept_of
from capgen.twins.fit.paths import Seen, midnights

_FEWEST = 5  # slots in a state, for a stickiness of its own
_SMALL = 1e-12
_ROUNDS = 6
_PARTS = 32  # of what is left, that a round looks into
_STEP = 1e-3
_LEAST_SLOPE = 0.02
_FARTHEST = 0.2  # in a round
# Chances learnt from few days change from slot to slot by chance too, which looks as if servers had
# to leave. All of it taken away finds the stickiness of known servers best, but then a twin, whose
# chances do change so, forgets too soon: this much keeps both near, on real telemetry too.
_BY_CHANCE = 0.15


def state_stickiness(seen: Seen, chances: Floats, start: Floats, rounds: int) -> Floats:
    """Return for each state the chance to stay in it from slot to slot.

    Args:
        seen: states and moves.
        chances: of the states, shape (kinds, 2, slots of a day, states).
        start: where to begin, shape (states,).
        rounds: how often to come nearer.
    """
    before, after, moves = _cells(seen, chances)
    after = before + (after - before) * _lasting(moves)[:, None]
    starts = moves.sum(axis=2)
    totals = starts.sum(axis=0)
    weights = starts / np.maximum(totals, _SMALL)
    wanted = np.einsum("cii->i", moves) / np.maximum(totals, _SMALL)

    found = start
    for _ in range(rounds):
        tried = np.stack([found, found + _STEP])[:, None]
        now, beyond = np.einsum("ci,tci->ti", weights, kept_of(before, after, tried))
        slopes = np.maximum((beyond - now) / _STEP, _LEAST_SLOPE)
        steps = np.clip((wanted - now) / slopes, -_FARTHEST, _FARTHEST)
        found = np.clip(found + steps, 0.0, MOST_STICKINESS)
    return np.where(totals >= _FEWEST, found, 0.0)


def _cells(seen: Seen, chances: Floats) -> tuple[Floats, Floats, Floats]:
    """Return chances before and after, and moves seen: slots within days, then midnights."""
    states = chances.shape[-1]
    last, first = (each.reshape(-1, states) for each in midnights(chances))
    before = chances[:, :, :-1].reshape(-1, states)
    after = chances[:, :, 1:].reshape(-1, states)
    every = (each.reshape(-1, states, states) for each in (seen.moves, seen.nights))
    return np.concatenate([before, last]), np.concatenate([after, first]), np.concatenate([*every])


def _lasting(moves: Floats) -> Floats:
    """Return the share of a change of chances that counts, by how far it exceeds chance.

    A change is what enters a state less what leaves it; by chance, its variance is their sum.
    """
    leave = moves.sum(axis=2)
    enter = moves.sum(axis=1)
    both = leave + enter - 2 * np.einsum("cii->ci", moves)
    excess = ((enter - leave) ** 2 / np.maximum(both, _SMALL)).sum(axis=1)
    by_chance = _BY_CHANCE * (moves.shape[1] - 1)
    share: Floats = np.maximum(0.0, 1 - by_chance / np.maximum(excess, _SMALL))
    return share


def kind_stickiness(nights: Floats, clock: Clock, chances: Floats) -> float:
    """Return the chance to stay with a kind of day: one for all kinds, as days are few.

    Args:
        nights: chances of the kinds of each two days, shape (days − 1, kinds, kinds).
        clock: of the days.
        chances: of the kinds, shape (7 or 8, kinds).
    """
    classes = clock.classes
    starts = np.zeros((len(chances), *chances.shape))
    np.add.at(starts, (classes[:-1], classes[1:]), nights.sum(axis=2))
    before, after = np.nonzero(starts.any(axis=2))
    wanted = np.einsum("dkk->", nights)
    low = 0.0
    width = MOST_KIND_STICKINESS
    for _ in range(_ROUNDS):
        width /= _PARTS
        tried = low + width * np.arange(_PARTS, dtype=np.float64)
        kept = kept_of(chances[before], chances[after], tried[:, None, None])
        sums = np.einsum("ck,tck->t", starts[before, after], kept)
        low += width * max(int((sums < wanted).sum()) - 1, 0)
    return low
