"""Products of matrices of whole numbers, which are exact in whatever order they are added."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.cells import Floats

# OpenBLAS multiplies as many numbers as a block of this side needs in the thread that asks. For
# more it wakes others, which then wait busily: that takes longer than most products.
_BLOCK = 64
_WORTH_THREADS = 2**27


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

    Float64 holds each sum exactly as long as it stays below 2⁵³, so that neither threads, blocks
    nor the library that multiplies decide any bit.

    Args:
        left: whole numbers, shape (rows, length).
        right: whole numbers, shape (other rows, length).
    """
    rows = left.astype(np.float64)
    columns = right.astype(np.float64).T
    if rows.size * len(right) > _WORTH_THREADS:
        whole: Floats = rows @ columns
        return whole
    product = np.zeros((len(left), len(right)))
    for first, second, along in itertools.product(
        _blocks(len(left)), _blocks(len(right)), _blocks(rows.shape[1])
    ):
        product[first, second] += rows[first, along] @ columns[along, second]
    return product


def _blocks(length: int) -> list[slice]:
    return [slice(start, start + _BLOCK) for start in range(0, length, _BLOCK)]
