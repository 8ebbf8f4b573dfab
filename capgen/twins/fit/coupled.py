"""The coupled chain that `regimes` draws, as the chances to go from each state to each other."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats

_SMALL = 1e-12


def moves_of(before: Floats, after: Floats, stickiness: Floats) -> Floats:
    """Return the chances to go from state to state, shape (…, states, states).

    With the chances π of one slot and π' of the next, a server stays in state k with probability
    min(1, π'(k) / π(k)) × stickiness(k), and one that leaves enters j with probability in
    proportion to π'(j) − π(j) × stay(j).

    Args:
        before: chances of the states, shape (…, states).
        after: those of the next slot.
        stickiness: of the states, shape (states,).
    """
    stay = np.minimum(1.0, after / np.maximum(before, _SMALL)) * stickiness
    entered = np.maximum(after - before * stay, 0.0)
    jump = entered / np.maximum(entered.sum(axis=-1, keepdims=True), _SMALL)
    moves: Floats = (1 - stay)[..., :, None] * jump[..., None, :]
    moves += stay[..., :, None] * np.eye(before.shape[-1])
    return moves
