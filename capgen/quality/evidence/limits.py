"""How much may be missing of data that no model describes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """What a check without a model allows.

    Args:
        max_missing: share of a metric's values that may be missing.
        max_gap: how long a server may have no value of a metric.
    """

    max_missing: float = 0.05
    max_gap: timedelta = timedelta(days=7)


USUAL_LIMITS = Limits()
