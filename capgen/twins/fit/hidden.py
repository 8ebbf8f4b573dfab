"""Chances of what is hidden in a chain, from what it is seen to do: forward and backward."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats

_SMALL = 1e-300


def posteriors(first: Floats, moves: Floats) -> tuple[Floats, Floats]:
    """Return the chances of each place of a chain, and of each two places that follow.

    Args:
        first: weights of the first place, shape (values,).
        moves: weights of going from one value to the next, shape (places − 1, values, values).

    Returns:
        Shapes (places, values) and (places − 1, values, values).
    """
    ahead = np.einsum("i,nij->nj", first, _products(moves))
    ahead = _scaled(np.concatenate([first[None], ahead]))
    behind = _products(moves[::-1].transpose(0, 2, 1))[::-1].sum(axis=1)
    behind = _scaled(np.concatenate([behind, np.ones((1, len(first)))]))
    pairs = ahead[:-1, :, None] * moves * behind[1:, None, :]
    return _shares(ahead * behind), _shares(pairs)


def _products(moves: Floats) -> Floats:
    """Return for each place the product of all moves up to it, each on a scale of its own.

    All at once, over reaches that double (W. Hillis and G. Steele, 1986).
    """
    found = _scaled(moves)
    reach = 1
    while reach < len(found):
        further = np.einsum("nij,njk->nik", found[:-reach], found[reach:])
        found = np.concatenate([found[:reach], _scaled(further)])
        reach *= 2
    return found


def _scaled(weights: Floats) -> Floats:
    axes = tuple(range(1, weights.ndim))
    scaled: Floats = weights / np.maximum(weights.max(axis=axes, keepdims=True), _SMALL)
    return scaled


def _shares(weights: Floats) -> Floats:
    axes = tuple(range(1, weights.ndim))
    shares: Floats = weights / np.maximum(weights.sum(axis=axes, keepdims=True), _SMALL)
    return shares
