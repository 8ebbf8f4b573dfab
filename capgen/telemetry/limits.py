"""What values of a unit may be."""

from __future__ import annotations

import math

from capgen.telemetry.readers.units import known_unit


def limits_of(unit: str) -> tuple[float, float]:
    """Return the least and the greatest value that a unit allows.

    Args:
        unit: of a column; one that is not known allows every value.
    """
    known = known_unit(unit)
    if known is None:
        return -math.inf, math.inf
    if known.measure == "share" and known.per is None:
        return 0.0, float(1 / known.size)
    return 0.0, math.inf
