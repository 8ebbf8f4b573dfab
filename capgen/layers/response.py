"""How a metric responds to a factor: 1 + weight × (factor − 1), at every place the same."""

from __future__ import annotations

from typing import Any

import numpy as np


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
