"""The standard normal: its tail, its density, and its moments between two ends."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats

FAR = 40.0  # beyond this many sd a normal has nothing left that a float can hold
_NOTHING_BEYOND = 9.0  # so many sd: a chance of 10⁻¹⁹, which is slow to work out and changes no sum
# In the table of the normal's tail, so that a cubic between two nodes is off by at most 10⁻¹⁴.
_NODES_PER_SD = 1024
_NARROW = 1.0  # sd between the ends of the clip: moments by parts lose their digits below
_NODES = 16  # of the quadrature then: exact to the last bits


def upper_tail(z: Floats) -> Floats:
    """Return the chance that a standard normal lies above z.

    Args:
        z: numbers, in any shape.
    """
    tails, falls = _tail_table()
    position = (np.clip(z, -_NOTHING_BEYOND, _NOTHING_BEYOND) + _NOTHING_BEYOND) * _NODES_PER_SD
    node = position.astype(np.int32)
    t = position - node
    change = tails[node + 1] - tails[node]
    fall = falls[node]
    next_fall = falls[node + 1]
    bend = 3 * change - 2 * fall - next_fall + t * (fall + next_fall - 2 * change)
    tail: Floats = tails[node] + t * (fall + t * bend)
    return tail


@cache
def _tail_table() -> tuple[Floats, Floats]:
    """Return a standard normal's upper tail and its slope at each node, and one beyond the last."""
    nodes = np.arange(2 * _NOTHING_BEYOND * _NODES_PER_SD + 2) / _NODES_PER_SD - _NOTHING_BEYOND
    tails = np.array([math.erfc(node / math.sqrt(2)) / 2 for node in nodes])
    tails[0] = 1.0
    tails[-2:] = 0.0
    return tails, -density(nodes) / _NODES_PER_SD


def density(z: Floats) -> Floats:
    """Return the density of a standard normal.

    Args:
        z: numbers, in any shape.
    """
    bounded = np.clip(z, -FAR, FAR)
    density: Floats = np.exp(-(bounded**2) / 2) / math.sqrt(2 * math.pi)
    return density


class Ends(NamedTuple):
    """What a standard normal is at a lower and an upper end; all of shape (n,).

    Args:
        a: the lower end.
        b: the upper end.
        below: the chance to lie below the lower one.
        above: the chance to lie above the upper one.
        at_a: the density at the lower one.
        at_b: the density at the upper one.
    """

    a: Floats
    b: Floats
    below: Floats
    above: Floats
    at_a: Floats
    at_b: Floats

    @classmethod
    def of(cls, a: Floats, b: Floats) -> Ends:
        """Return what a standard normal is at some ends.

        Args:
            a: the lower ends, shape (n,).
            b: the upper ends, likewise.
        """
        return cls(a, b, upper_tail(-a), upper_tail(b), density(a), density(b))

    @property
    def inside(self) -> Floats:
        """The chance to lie between the two."""
        return 1 - self.below - self.above


def inner_moments(ends: Ends, order: int) -> Floats:
    """Return Tₖ = ∫ zᵏ φ(z) dz from a to b for k = 0 … order.

    By parts, Tₖ = (k − 1) Tₖ₋₂ + aᵏ⁻¹ φ(a) − bᵏ⁻¹ φ(b); by quadrature where the ends are so near
    that this cancels.

    Args:
        ends: the lower ends a and the upper ends b.
        order: order of the highest moment.

    Returns:
        Shape (order + 1, n).
    """
    a, b, _, _, at_a, at_b = ends
    inner = np.empty((order + 1, a.size))
    inner[0] = ends.inside
    inner[1] = at_a - at_b
    for k in range(2, order + 1):
        at_a = at_a * a
        at_b = at_b * b
        inner[k] = (k - 1) * inner[k - 2] + at_a - at_b
    narrow = b - a < _NARROW
    if narrow.any():
        inner[:, narrow] = _narrow_moments(a[narrow], b[narrow], order)
    return inner


def _narrow_moments(a: Floats, b: Floats, order: int) -> Floats:
    nodes, weights = _gauss()
    half = (b - a) / 2
    inner = np.zeros((order + 1, a.size))
    for node, weight in zip(nodes, weights, strict=True):
        z = (a + b) / 2 + half * node
        powers = weight * half * density(z)
        for k in range(order + 1):
            inner[k] += powers
            powers = powers * z
    return inner


@cache
def _gauss() -> tuple[Floats, Floats]:
    """Return nodes and weights of the Gauss-Legendre quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights
