"""The coupled chain that `regimes` draws, as the chances to go from each state to each other.

With the chances π of one slot and π' of the next, a server stays in state k with probability
min(1, π'(k) / π(k)) × stickiness(k), and one that leaves enters j with probability in proportion to
π'(j) − π(j) × stay(j): k too, as the chances must come out.
"""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats

_SMALL = 1e-12


def moves_of(before: Floats, after: Floats, stickiness: Floats) -> Floats:
    """Return the chances to go from state to state, shape (…, states, states).

    Args:
        before: chances of the states, shape (…, states).
        after: those of the next slot.
        stickiness: of the states, shape (…, states).
    """
    stay, enter = _stay_and_enter(before, after, stickiness)
    moves: Floats = (1 - stay)[..., :, None] * enter[..., None, :]
    np.einsum("...kk->...k", moves)[...] += stay
    return moves


def kept_of(before: Floats, after: Floats, stickiness: Floats) -> Floats:
    """Return the chances to be in the same state in the next slot, shape (…, states).

    Args:
        before: chances of the states, shape (…, states).
        after: those of the next slot.
        stickiness: of the states, shape (…, states).
    """
    stay, enter = _stay_and_enter(before, after, stickiness)
    kept: Floats = (1 - stay) * enter + stay
    return kept


def _stay_and_enter(before: Floats, after: Floats, stickiness: Floats) -> tuple[Floats, Floats]:
    """Return the chances to stay in each state, and those to enter each when one leaves."""
    stay = np.minimum(1.0, after / np.maximum(before, _SMALL)) * stickiness
    entered = np.maximum(after - before * stay, 0.0)
    return stay, entered / np.maximum(entered.sum(axis=-1, keepdims=True), _SMALL)
