"""A server's path through its states, and how often each move was seen on each kind of day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.layers.library.schema import WEEK
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.day_kinds import indicators


class Paths(NamedTuple):
    """Where a server was from slot to slot, in ones and zeros.

    Args:
        states: in the state, shape (days, slots of a day, states).
        starts: in the state, and nobody knows where before, of the same shape.
        moves: from state to state within a day, shape (days, slots of a day − 1, states, states).
        nights: from state to state over midnight, shape (days − 1, states, states).
        week: the day is a weekday, or of the weekend, shape (days, 2).
    """

    states: Floats
    starts: Floats
    moves: Floats
    nights: Floats
    week: Floats


class Seen(NamedTuple):
    """How often states and moves were seen, where days are of kinds by chance.

    Args:
        states: shape (kinds, 2, slots of a day, states).
        moves: within a day, shape (kinds, 2, slots of a day − 1, states, states).
        nights: over midnight, shape (kinds, 2, kinds, 2, states, states).
    """

    states: Floats
    moves: Floats
    nights: Floats


def paths_of(states: Codes, clock: Clock, count: int) -> Paths:
    """Return the path through some states.

    Args:
        states: shape (slots,); unknown ones are below 0.
        clock: of the slots.
        count: number of states.
    """
    marks = indicators(states, clock, count)
    known = (states >= 0).astype(np.float64)
    follows = np.concatenate([[0.0], known[:-1]]).reshape(marks.shape[:2])
    return Paths(
        states=marks,
        starts=marks * (1 - follows)[:, :, None],
        moves=marks[:, :-1, :, None] * marks[:, 1:, None, :],
        nights=marks[:-1, -1, :, None] * marks[1:, 0, None, :],
        week=np.eye(WEEK)[clock.week],
    )


def seen_on(paths: Paths, kinds: Floats, nights: Floats) -> Seen:
    """Return how often states and moves were seen on each kind of day.

    Args:
        paths: of a server.
        kinds: chances of the kinds of each day, shape (days, kinds).
        nights: chances of those of each two days, shape (days − 1, kinds, kinds).
    """
    of_days = kinds[:, :, None] * paths.week[:, None, :]
    before = nights[:, :, None, :, None] * paths.week[:-1, None, :, None, None]
    of_nights = before * paths.week[1:, None, None, None, :]
    return Seen(
        _summed(of_days, paths.states),
        _summed(of_days, paths.moves),
        _summed(of_nights, paths.nights),
    )


def _summed(weights: Floats, marks: Floats) -> Floats:
    """Return the sum over the first axis of each weight times each mark."""
    shape = (*weights.shape[1:], *marks.shape[1:])
    flat = (each.reshape(len(each), -1) for each in (weights, marks))
    sums: Floats = np.einsum("dp,dq->pq", *flat).reshape(shape)
    return sums
