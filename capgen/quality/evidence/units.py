"""What values a unit allows."""

from __future__ import annotations

import math
import re

_RANGES = {"percent": (0.0, 100.0), "%": (0.0, 100.0), "fraction": (0.0, 1.0)}
# Rates, sizes, counts and durations: what cannot be below 0.
_NOT_NEGATIVE = re.compile(
    r".+/.+|.*bps|[kmgtp]?i?(b|bytes?|bits?)|ns|us|µs|ms|s|seconds?|m|minutes?|h|hours?"
    r"|counts?|requests?|packets?|threads?|processes|cores?|ops|iops|w|watts?|v",
    re.IGNORECASE,
)


def allowed_range(unit: str) -> tuple[float, float]:
    """Return the least and the greatest value that a unit allows; infinite where it says nothing.

    Args:
        unit: as its column has it.
    """
    known = _RANGES.get(unit.lower())
    if known:
        return known
    least = 0.0 if _NOT_NEGATIVE.fullmatch(unit) else -math.inf
    return least, math.inf
