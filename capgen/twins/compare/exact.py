"""Products of matrices of whole numbers, which are exact in whatever order they are added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.cells import Floats


def whole_numbers(values: Floats, scale: int, highest: float) -> NDArray[np.int16]:
    """Return values in whole parts of 1.

    Args:
        values: of any shape.
        scale: how many parts 1 has.
        highest: values beyond it, above and below 0, are set to it.
    """
    return np.rint(np.clip(values, -highest, highest) * scale).astype(np.int16)


def products(left: NDArray[Any], right: NDArray[Any]) -> Floats:
    """Return the sums of products of each row with each row.

    Float64 holds each sum exactly as long as it stays below 2⁵³, so that neither threads nor the
    library that multiplies decide any bit.

    Args:
        left: whole numbers, shape (rows, length).
        right: whole numbers, shape (other rows, length).
    """
    product: Floats = left.astype(np.float64) @ right.astype(np.float64).T
    return product
