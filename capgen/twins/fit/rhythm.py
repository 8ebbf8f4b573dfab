"""A server's rhythm: chances and stickiness of its states, and of its kinds of day.

No day says of which kind it is. States last, so that a day of one kind can look like one of
another: kinds taken for granted, day by day, change too often and differ too much. So each day is
of every kind with the chance that the chains give it, and these chances and the rhythm are found in
turn until they agree: L. Baum and others, 1970, with moments in place of the maximum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.layers.regimes.settings import MOST_STICKINESS
from capgen.twins.fit.chances import kind_chances, state_chances
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.coupled import moves_of
from capgen.twins.fit.day_kinds import kinds_of
from capgen.twins.fit.hidden import posteriors
from capgen.twins.fit.paths import Paths, midnights, paths_of, seen_on
from capgen.twins.fit.stickiness import kind_stickiness, state_stickiness

_ROUNDS = 20
_SETTLED = 1e-2  # of the chances of a day's kinds
_FIRST_ROUNDS = 20  # of the stickiness
_NEXT_ROUNDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class FittedRhythm:
    """What decides the states of a server.

    Args:
        chances: of states, shape (kinds, 2, slots of a day, states).
        stickiness: chance to stay in each state from slot to slot, shape (states,).
        kinds: chances of the kinds of day, shape (7 or 8, kinds).
        kind_stickiness: chance to stay with a kind.
    """

    chances: Floats
    stickiness: Floats
    kinds: Floats
    kind_stickiness: float


def rhythm_of(states: Codes, clock: Clock, counts: tuple[int, int]) -> FittedRhythm:
    """Return the rhythm of a server.

    Args:
        states: shape (slots,).
        clock: of the slots.
        counts: numbers of states and of kinds of day.
    """
    labels = kinds_of(states, clock, *counts)
    paths = paths_of(states, clock, counts[0])
    kinds = (labels[:, None] == np.arange(counts[1])).astype(np.float64)
    nights = kinds[:-1, :, None] * kinds[1:, None, :]
    start = np.full(counts[0], MOST_STICKINESS / 2)
    rhythm = _rhythm(paths, kinds, nights, clock, start, _FIRST_ROUNDS)
    if clock.slots_per_day == 1 or counts[1] == 1:
        return rhythm
    for _ in range(_ROUNDS):
        before = kinds
        kinds, nights = _kinds(rhythm, paths, clock)
        rhythm = _rhythm(paths, kinds, nights, clock, rhythm.stickiness, _NEXT_ROUNDS)
        if np.abs(kinds - before).max() < _SETTLED:
            break
    return rhythm


def _rhythm(
    paths: Paths, kinds: Floats, nights: Floats, clock: Clock, start: Floats, rounds: int
) -> FittedRhythm:
    seen = seen_on(paths, kinds, nights)
    chances = state_chances(seen.states)
    of_kinds = kind_chances(kinds, clock)
    return FittedRhythm(
        chances,
        state_stickiness(seen, chances, start, rounds),
        of_kinds,
        kind_stickiness(nights, clock, of_kinds),
    )


def _kinds(rhythm: FittedRhythm, paths: Paths, clock: Clock) -> tuple[Floats, Floats]:
    """Return the chances of the kinds of each day, and of those of each two days that follow."""
    within = _likelihoods(_within(rhythm, paths))
    between = _likelihoods(_between(rhythm, paths))
    chances = rhythm.kinds[clock.classes]
    stickiness = np.full(chances.shape[1], rhythm.kind_stickiness)
    moves = moves_of(chances[:-1], chances[1:], stickiness)
    return posteriors(chances[0] * within[0], moves * between * within[1:, None, :])


def _within(rhythm: FittedRhythm, paths: Paths) -> Floats:
    """Return how likely the moves of each day are on each kind of day, as logarithms."""
    chances = rhythm.chances
    moves = moves_of(chances[:, :, :-1], chances[:, :, 1:], rhythm.stickiness)
    return paths.moves.logarithms(moves) + paths.starts.logarithms(chances)


def _between(rhythm: FittedRhythm, paths: Paths) -> Floats:
    """Return how likely each midnight is between each two kinds of day, as logarithms."""
    kinds = len(rhythm.chances)
    moves = moves_of(*midnights(rhythm.chances), rhythm.stickiness)
    every = paths.nights.logarithms(moves.reshape(kinds**2, -1))
    return every.reshape(-1, kinds, kinds)


def _likelihoods(logarithms: Floats) -> Floats:
    """Return likelihoods, each place's on a scale of its own."""
    axes = tuple(range(1, logarithms.ndim))
    likelihoods: Floats = np.exp(logarithms - logarithms.max(axis=axes, keepdims=True))
    return likelihoods
