"""Grids: values are multiples of 1, 2 or 5 times a power of ten."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

MOST_STEP = 1e9
STEPS = "1, 2 or 5 × 10ⁿ"
_MANTISSAS = (1.0, 2.0, 5.0)
_EXACT = 1e-6


def are_steps(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which numbers are 1, 2 or 5 times a power of ten.

    Args:
        numbers: finite, in any shape.
    """
    positive = np.where(numbers > 0, numbers, 1.0)
    mantissas = positive / 10.0 ** np.floor(np.log10(positive) + _EXACT)
    nearest = np.min([np.abs(mantissas - each) for each in _MANTISSAS], axis=0)
    found: NDArray[np.bool_] = (numbers > 0) & (nearest < _EXACT)
    return found


def _check_step(step: float) -> float:
    if not are_steps(np.array([step]))[0]:
        raise ValueError(f"expected {STEPS}")
    return step


GridStep = Annotated[float, Field(gt=0, le=MOST_STEP), AfterValidator(_check_step)]
