"""The chain of states: all hours at once, by putting together what each does to every state.

One hour's step of the chain maps each state to the next one. Maps can be put together in any order:
stretches of hours are followed side by side from every state, and only one step a stretch is taken
one after the other.
"""

from __future__ import annotations

import math

import numpy as np

from capgen.draws.arrays import Codes, Floats

_BITS = 3  # of a state's number
_MASK = 2**_BITS - 1
_NO_CHANCE = 1e-300  # nobody is in a state without one: what it is divided by does not matter


def chain_states(
    chances: Floats,
    stickiness: Floats,
    stay_draws: Floats,
    jump_draws: Floats,
    given: Codes | None = None,
) -> Codes:
    """Return the states of servers.

    Args:
        chances: the states' chances, shape (states, servers or 1, hours); over the states they sum
            to 1.
        stickiness: the states' stickiness, shape (states, servers or 1, 1).
        stay_draws: uniform, shape (servers, hours): whether the state of the hour before is kept.
        jump_draws: uniform, shape (servers, hours): which state is entered otherwise.
        given: states in the first hours that are known, shape (servers, ≤ hours); −1 where they
            are not.

    Returns:
        Numbers of states, shape (servers, hours).
    """
    maps = _maps(chances, stickiness, stay_draws, jump_draws)
    if given is not None:
        first = maps[:, : given.shape[1]]
        np.copyto(first, _to_all(given, len(chances)), where=given >= 0)
    return _follow(maps, len(chances))


def stay_chances(chances: Floats, stickiness: Floats) -> Floats:
    """Return the chances to stay in the state of the hour before.

    They are 0 in the first hour, whose state is drawn.

    Args:
        chances: the states' chances, shape (states, …, hours).
        stickiness: the states' stickiness, shape (states, servers or 1, 1).
    """
    before = chances[..., :-1]
    after = chances[..., 1:]
    stay = np.empty_like(chances)
    stay[..., 0] = 0
    np.maximum(before, _NO_CHANCE, out=stay[..., 1:])
    np.divide(after, stay[..., 1:], out=stay[..., 1:])
    np.minimum(stay, 1.0, out=stay)
    stay *= stickiness
    return stay


def _maps(chances: Floats, stickiness: Floats, stay_draws: Floats, jump_draws: Floats) -> Codes:
    """Return for each server and hour the state that follows each state, `_BITS` bits each."""
    stay = stay_chances(chances, stickiness)
    entered = chances.copy()
    entered[..., 1:] -= chances[..., :-1] * stay[..., 1:]
    np.maximum(entered, 0.0, out=entered)
    bounds = np.cumsum(entered, axis=0, out=entered)
    drawn = jump_draws * bounds[-1]
    jump = np.zeros(jump_draws.shape, np.int32)
    for bound in bounds[:-1]:
        jump += drawn >= bound
    maps = np.zeros(jump_draws.shape, np.int32)
    for state, chance in enumerate(stay):
        following = np.where(stay_draws < chance, np.int32(state), jump)
        following <<= _BITS * state
        maps |= following
    return maps


def _to_all(given: Codes, states: int) -> Codes:
    """Return the maps that lead every state to a given one."""
    ones = sum(1 << (_BITS * state) for state in range(states))
    return (given * ones).astype(np.int32)


def _follow(maps: Codes, states: int) -> Codes:
    servers, hours = maps.shape
    length = math.isqrt(hours) + 1
    stretches = -(-hours // length)
    padded = np.zeros((servers, stretches * length), np.int32)
    padded[:, :hours] = maps
    # Hour of the stretch first: each step below reads and writes what lies together.
    steps = np.ascontiguousarray(padded.reshape(servers, stretches, length).transpose(2, 0, 1))
    numbers = np.arange(states, dtype=np.int32)[:, None, None]
    every = np.broadcast_to(numbers, (states, servers, stretches)).copy()
    for step in steps:
        every = step >> (_BITS * every) & _MASK
    followed = np.empty_like(steps)
    state = _starts(every)
    for step, out in zip(steps, followed, strict=True):
        state = np.bitwise_and(step >> (_BITS * state), _MASK, out=out)
    return followed.transpose(1, 2, 0).reshape(servers, -1)[:, :hours]


def _starts(every: Codes) -> Codes:
    """Return the state before each stretch, from what each stretch does to every state."""
    _, count, stretches = every.shape
    starts = np.zeros((count, stretches), np.int32)
    servers = np.arange(count)
    for stretch in range(stretches - 1):
        starts[:, stretch + 1] = every[starts[:, stretch], servers, stretch]
    return starts
