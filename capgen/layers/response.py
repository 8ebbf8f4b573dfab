"""How a metric responds to a factor: 1 + weight × (factor − 1), at every place the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from capgen.draws.arrays import Floats


def respond(weight: float, *more: Any) -> Any:
    """Return what a metric is multiplied by.

    Args:
        weight: weight of the metric's response: 0 ignores a factor, 1 takes it whole.
        more: the factor less 1, or parts whose product that is; numbers, arrays or expressions.
            They are multiplied from left to right, so that the last bit is settled.
    """
    product: Any = weight
    for part in more:
        product = product * part
    if isinstance(product, np.ndarray):
        product += 1
        return product
    return 1 + product


def responses(*more: Any) -> Callable[[float], Floats]:
    """Return what gives a weight's factors, never below 0.

    Metrics of one weight that follow each other share them; more would fill a core's cache.

    Args:
        more: parts whose product the factor less 1 is, as `respond` multiplies them; arrays.
    """

    @lru_cache(maxsize=1)
    def of_weight(weight: float) -> Floats:
        factors: Floats = respond(weight, *more)
        if factors.min() < 0:  # a look takes a quarter of the time
            np.clip(factors, 0.0, math.inf, out=factors)
        return factors

    return of_weight
