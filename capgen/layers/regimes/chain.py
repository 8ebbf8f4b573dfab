"""The chain of states: all hours at once, by putting together what each does to every state.

One hour's step of the chain maps each state to the next one. Maps can be put together in any order:
stretches of hours are followed side by side from every state, and so become steps of a shorter
chain, which is followed in the same way.

A map is a number with a byte for each state: that of state k says where k leads to. States are
written as the bits that lie below their byte: a map shifted by these begins with what it says.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Codes, Flags, Floats, few_rows

_BITS = 3  # of a state's number
_BYTE = 8  # bits
_LOWEST_BYTE = 2**_BYTE - 1
_IN_32_BITS = 4  # bytes
_CELLS_AT_ONCE = 2**13  # of so few, all that is worked out lies in a core's own cache
_STRETCH = 12  # of hours: so few that a year's loops are short, and so many that few follow
Chances = Callable[[slice], Floats]
Maps = NDArray[np.unsignedinteger[Any]]


def chain_states(
    chances: Chances,
    stickiness: Floats,
    stay_draws: Floats,
    jump_draws: Floats,
    given: Codes | None = None,
) -> Codes:
    """Return the states of servers.

    Args:
        chances: returns the states' chances of some of the servers, shape (states, these or 1,
            hours); over the states they sum to 1.
        stickiness: the states' stickiness, shape (states, servers or 1, 1).
        stay_draws: uniform, shape (servers, hours): whether the state of the hour before is kept.
        jump_draws: uniform, shape (servers, hours): which state is entered otherwise.
        given: states in the first hours that are known, shape (servers, ≤ hours); −1 where they
            are not.

    Returns:
        Numbers of states, shape (servers, hours).
    """
    servers, hours = stay_draws.shape
    maps = np.empty((servers, hours), _shifts(len(stickiness)).dtype)
    sticky = _without_last(stickiness)
    for rows in few_rows(servers, hours, _CELLS_AT_ONCE):
        of_rows = sticky if sticky.shape[1] == 1 else sticky[:, rows]
        maps[rows] = _maps(chances(rows), of_rows, stay_draws[rows], jump_draws[rows])
    if given is not None:
        first = maps[:, : given.shape[1]]
        np.copyto(first, _to_all(given, len(stickiness)), where=given >= 0)
    shifts = _follow(maps, len(stickiness))
    shifts //= _BYTE
    states: Codes = shifts.astype(np.int32)
    return states


def _without_last(stickiness: Floats) -> Floats:
    """Return the stickiness of the states up to the last that has one: others are never kept."""
    sticky = np.flatnonzero(stickiness.any(axis=(1, 2)))
    return stickiness[: sticky[-1] + 1 if sticky.size else 0]


def _maps(chances: Floats, stickiness: Floats, stay_draws: Floats, jump_draws: Floats) -> Maps:
    """Return the map of each server and hour."""
    if chances.shape[1] < stickiness.shape[1]:
        chances = np.repeat(chances, stickiness.shape[1], axis=1)
    stay = _stay_chances(chances, stickiness)
    is_kept = stay_draws < stay[: len(stickiness)]
    bounds = _jump_bounds(chances, stay)
    is_beyond = jump_draws * bounds[-1] >= bounds[:-1]
    outcomes = _as_bits(is_kept).astype(np.int64)
    outcomes <<= _BITS
    outcomes += np.add.reduce(is_beyond, axis=0, dtype=np.int8)
    return np.take(_maps_of_outcomes(len(chances)), outcomes)


def _stay_chances(chances: Floats, stickiness: Floats) -> Floats:
    """Return the chances to stay in the state of the hour before.

    They are 0 in the first hour, whose state is drawn, and in states without a stickiness. Nobody
    is in a state without a chance, so that it does not matter what 0 / 0 is there.
    """
    some = chances[: len(stickiness)]
    stay = np.empty_like(chances)
    stay[..., 0] = 0
    stay[len(some) :] = 0
    later = stay[: len(some), ..., 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(some[..., 1:], some[..., :-1], out=later)
    # Beside ones, as beside a single one NumPy takes three times as long.
    np.fmin(later, np.ones(later.shape[-1]), out=later)
    later *= stickiness
    return stay


def _jump_bounds(chances: Floats, stay: Floats) -> Floats:
    """Return the sums, state by state, of the chances that a state is entered by a jump.

    None of these is negative, because no state sticks for good. `stay` is overwritten.
    """
    stay[..., 1:] *= chances[..., :-1]
    bounds = np.subtract(chances, stay, out=stay)
    for before, bound in itertools.pairwise(bounds):  # cumsum takes much longer
        bound += before
    return bounds


def _as_bits(flags: Flags) -> NDArray[np.uint8]:
    """Return flags of up to eight states as the bits of one number, the first state's lowest.

    The flags are overwritten.
    """
    bits = flags.view(np.uint8)
    bits *= 2 ** np.arange(len(bits), dtype=np.uint8)[:, None, None]  # a shift takes longer
    together: NDArray[np.uint8] = np.bitwise_or.reduce(bits)
    return together


@cache
def _maps_of_outcomes(states: int) -> Maps:
    """Return the map of each outcome: a bit for each state that is kept, before what is entered."""
    outcomes = np.arange(2 ** (states + _BITS))
    entered = outcomes % 2**_BITS
    shifts = _shifts(states)
    maps = np.zeros(len(outcomes), shifts.dtype)
    for state, shift in enumerate(shifts):
        is_kept = outcomes >> (_BITS + state) & 1 == 1
        maps |= (np.where(is_kept, state, entered) * _BYTE).astype(maps.dtype) << shift
    return maps


@cache
def _shifts(states: int) -> Maps:
    """Return how many bits lie below the byte of each state."""
    shifts: Maps = np.arange(states, dtype=np.uint32 if states <= _IN_32_BITS else np.uint64)
    return shifts * _BYTE


def _to_all(given: Codes, states: int) -> Maps:
    """Return the maps that lead every state to a given one."""
    shifts = _shifts(states)
    maps: Maps = (given * _BYTE).astype(shifts.dtype) * np.bitwise_or.reduce(1 << shifts)
    return maps


def _follow(maps: Maps, states: int) -> Maps:
    """Return the state after each map, shape (servers, maps); the first one begins in state 0."""
    servers, count = maps.shape
    stretches = -(-count // _STRETCH)
    padded = np.zeros((servers, stretches * _STRETCH), maps.dtype)
    padded[:, :count] = maps
    # Place in the stretch first: each step below reads and writes what lies together.
    steps = np.ascontiguousarray(padded.reshape(servers, stretches, _STRETCH).transpose(2, 0, 1))
    state = np.zeros((servers, stretches), maps.dtype)
    if stretches > 1:
        state[:, 1:] = _follow(_put_together(steps, states), states)[:, :-1]
    followed = np.empty_like(steps)
    for step, out in zip(steps, followed, strict=True):
        state = _move(state, step, out)
    return followed.transpose(1, 2, 0).reshape(servers, -1)[:, :count]


def _put_together(steps: Maps, states: int) -> Maps:
    """Return what all maps of each stretch do to every state, as one map: (servers, stretches)."""
    shifts = _shifts(states)[:, None, None]
    every = np.empty((states, *steps.shape[1:]), steps.dtype)
    every[:] = shifts
    for step in steps:
        _move(every, step, every)
    every <<= shifts
    together: Maps = np.bitwise_or.reduce(every)
    return together


def _move(states: Maps, maps: Maps, out: Maps) -> Maps:
    """Write the states that maps lead to; `out` may be where the states stand."""
    np.right_shift(maps, states, out=out)
    out &= _LOWEST_BYTE
    return out
