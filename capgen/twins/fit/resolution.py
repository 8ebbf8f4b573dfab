"""Resolution: the coarsest grid that makes as many values equal as the data has."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from capgen.draws.arrays import Floats

_MANTISSAS = (1.0, 2.0, 5.0)
_EXPONENTS = range(-6, 10)
_STEPS = [mantissa * 10.0**exponent for exponent in _EXPONENTS for mantissa in _MANTISSAS][:-2]
_FIRST = 16  # values, which rule out most grids
_MOST_VALUES = 4096  # of which the equal ones are counted
_ALIKE = 0.02  # difference between shares of equal values that does not count
_EXPLAINED = 0.5  # share of the equal values that an exact grid must explain
_ON_GRID = 0.999  # share of the values that a grid must hold
_EXACT = 1e-4  # of a step
_MOST_MOVED = 0.01  # of the mean, and of all values to 0
_FEWEST_STEPS = 4  # between the lowest and the highest value


def resolution_of(values: Floats, modelled: Floats) -> float:
    """Return the step of the grid that a metric's values lie on: 1, 2 or 5 × 10ⁿ; 0 for none.

    Where the values are equal more often than their exact grid explains, a coarser one stands for
    what does it.

    Args:
        values: of a metric in time's order, without missing ones.
        modelled: what the curves give at the values' scores, of the same shape.
    """
    some = values[:_MOST_VALUES]
    curve = modelled[:_MOST_VALUES]
    if len(some) < 2:
        return 0.0
    exact = _exact_step(some)
    wanted = ties(some)
    if _ties_on(curve, exact) >= _EXPLAINED * wanted - _ALIKE:
        return exact
    widest = np.ptp(some) / _FEWEST_STEPS
    coarser = [step for step in _STEPS if exact < step <= widest]
    spoils = bisect_left(coarser, True, key=lambda step: _spoils(curve, some, step))
    return coarser[spoils - 1] if spoils else exact


def _exact_step(values: Floats) -> float:
    """Return the widest step that nearly all values are multiples of; 0 for none."""
    present = np.abs(values[values != 0])
    if not len(present):
        return 0.0
    for step in reversed(_STEPS):
        if step <= present.max() and _are_on(present[:_FIRST], step) and _are_on(present, step):
            return step
    return 0.0


def _are_on(values: Floats, step: float) -> bool:
    multiples = values / step
    apart = np.abs(multiples - np.rint(multiples))
    return int(np.count_nonzero(apart < _EXACT)) >= _ON_GRID * len(values)


def _spoils(curve: Floats, values: Floats, step: float) -> bool:
    """Return whether a grid makes too many values equal, moves their mean, or makes zeros."""
    rounded = np.rint(curve / step)
    moved = abs(rounded.sum() * step - curve.sum())
    zeros = np.count_nonzero(rounded == 0) - np.count_nonzero(values == 0)
    return bool(
        moved > _MOST_MOVED * abs(curve.sum())
        or zeros > _MOST_MOVED * len(values)
        or ties(rounded) > ties(values) + _ALIKE
    )


def _ties_on(values: Floats, step: float) -> float:
    return ties(np.rint(values / step) if step else values)


def ties(values: Floats) -> float:
    """Return the share of sorted values that equal the one before.

    Args:
        values: at least 2.
    """
    in_order = np.sort(values)
    return np.count_nonzero(in_order[1:] == in_order[:-1]) / (len(values) - 1)
