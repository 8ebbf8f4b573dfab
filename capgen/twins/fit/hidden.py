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
    steps = np.ascontiguousarray(moves.transpose(1, 2, 0))  # long axis last: faster
    back = steps[:, :, ::-1].transpose(1, 0, 2)
    forth_products, back_products = _products(np.stack([steps, back]))
    ahead = np.einsum("i,ijn->jn", first, forth_products)
    ahead = _scaled(np.concatenate([first[:, None], ahead], axis=1), (0,))
    behind = back_products[:, :, ::-1].sum(axis=0)
    behind = _scaled(np.concatenate([behind, np.ones((len(first), 1))], axis=1), (0,))
    pairs = ahead[:, None, :-1] * steps * behind[None, :, 1:]
    return _shares(ahead * behind).transpose(1, 0), _shares(pairs).transpose(2, 0, 1)


def _products(steps: Floats) -> Floats:
    """Return for each place the product of all moves up to it, each on a scale of its own.

    All at once, over reaches that double (W. Hillis and G. Steele, 1986).
    """
    found = _scaled(steps, (1, 2))
    reach = 1
    while reach < found.shape[-1]:
        further = np.einsum("bijn,bjkn->bikn", found[..., :-reach], found[..., reach:])
        found = np.concatenate([found[..., :reach], _scaled(further, (1, 2))], axis=-1)
        reach *= 2
    return found


def _scaled(weights: Floats, axes: tuple[int, ...]) -> Floats:
    scaled: Floats = weights / np.maximum(weights.max(axis=axes, keepdims=True), _SMALL)
    return scaled


def _shares(weights: Floats) -> Floats:
    axes = tuple(range(weights.ndim - 1))
    shares: Floats = weights / np.maximum(weights.sum(axis=axes), _SMALL)
    return shares
