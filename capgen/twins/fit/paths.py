"""A server's path through its states, and how often each move was seen on each kind of day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Codes, Flags, Floats
from capgen.layers.library.schema import WEEK
from capgen.twins.fit.clock import Clock

_LEAST = 1e-9  # chance of what was seen all the same


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """What was seen day by day, of all that could be.

    Args:
        numbers: of what was seen, shape (most sights of a day, days); the last one stands for
            nothing.
        shape: of what could be seen.
    """

    numbers: NDArray[np.int64]
    shape: tuple[int, ...]

    @classmethod
    def of(cls, known: Flags, places: tuple[NDArray[Any], ...], shape: tuple[int, ...]) -> Sights:
        """Return sights.

        Args:
            known: whether there was something to see, shape (days, sights).
            places: of what was seen, one for each axis of the shape.
            shape: of what could be seen.
        """
        size = math.prod(shape)
        numbers = np.full(known.shape, size)
        inside = (np.broadcast_to(place, known.shape)[known] for place in places)
        numbers[known] = np.ravel_multi_index(tuple(inside), shape) if known.any() else size
        numbers.sort(axis=1)
        most = int(known.sum(axis=1).max(initial=0))
        return cls(np.ascontiguousarray(numbers[:, :most].T), shape)

    def counts(self, weights: Floats) -> Floats:
        """Return how often each was seen, by kinds.

        Args:
            weights: of the days for each kind, shape (days, kinds).

        Returns:
            Of the shape of what could be seen, behind the kinds.
        """
        kinds = weights.shape[1]
        width = math.prod(self.shape) + 1
        places = self.numbers + width * np.arange(kinds)[:, None, None]
        of_days = np.broadcast_to(weights.T[:, None], places.shape)
        sums = np.bincount(places.ravel(), of_days.ravel(), minlength=kinds * width)
        counts = sums.reshape(kinds, width)[:, :-1].astype(np.float64)
        return counts.reshape(kinds, *self.shape)

    def logarithms(self, chances: Floats) -> Floats:
        """Return how likely what was seen on each day is by kinds, as logarithms.

        Args:
            chances: of all that could be seen, behind the kinds.

        Returns:
            Shape (days, kinds).
        """
        known = np.log(np.maximum(chances, _LEAST)).reshape(len(chances), -1)
        with_nothing = np.concatenate([known, np.zeros((len(chances), 1))], axis=1)
        found: Floats = with_nothing[:, self.numbers].sum(axis=1).T
        return found


class Paths(NamedTuple):
    """Where a server was from slot to slot.

    Args:
        states: weekday or weekend, slot of the day, and state.
        starts: those before which nobody knows where it was.
        moves: weekday or weekend, slot, state, and state in the next slot of the day.
        nights: weekday or weekend, that of the next day, last state, and first state of it.
    """

    states: Sights
    starts: Sights
    moves: Sights
    nights: Sights


class Seen(NamedTuple):
    """How often states and moves were seen, where days are of kinds by chance.

    Args:
        states: shape (kinds, 2, slots of a day, states).
        moves: within a day, shape (kinds, 2, slots of a day − 1, states, states).
        nights: over midnight, shape (kinds, kinds, 2, 2, states, states).
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
    slots = clock.slots_per_day
    days = states.reshape(clock.days, slots)
    known = days >= 0
    follows = np.concatenate([[False], known.reshape(-1)[:-1]]).reshape(known.shape)
    week = clock.week[:, None]
    places = (week, np.arange(slots), days)
    nights = (week[:-1], week[1:], days[:-1, -1:], days[1:, :1])
    moves = (week, np.arange(slots - 1), days[:, :-1], days[:, 1:])
    return Paths(
        Sights.of(known, places, (WEEK, slots, count)),
        Sights.of(known & ~follows, places, (WEEK, slots, count)),
        Sights.of(known[:, :-1] & known[:, 1:], moves, (WEEK, slots - 1, count, count)),
        Sights.of(known[:-1, -1:] & known[1:, :1], nights, (WEEK, WEEK, count, count)),
    )


def midnights(chances: Floats) -> tuple[Floats, Floats]:
    """Return chances of states before and after midnight, as nights are seen.

    Args:
        chances: shape (kinds, 2, slots of a day, states).

    Returns:
        Both of shape (kinds, kinds, 2, 2, states).
    """
    kinds, _, _, states = chances.shape
    shape = (kinds, kinds, WEEK, WEEK, states)
    last = np.broadcast_to(chances[:, None, :, None, -1], shape)
    first = np.broadcast_to(chances[None, :, None, :, 0], shape)
    return last, first


def seen_on(paths: Paths, kinds: Floats, nights: Floats) -> Seen:
    """Return how often states and moves were seen on each kind of day.

    Args:
        paths: of a server.
        kinds: chances of the kinds of each day, shape (days, kinds).
        nights: chances of those of each two days, shape (days − 1, kinds, kinds).
    """
    count = kinds.shape[1]
    of_nights = paths.nights.counts(nights.reshape(len(nights), -1))
    return Seen(
        paths.states.counts(kinds),
        paths.moves.counts(kinds),
        of_nights.reshape(count, count, *paths.nights.shape),
    )
