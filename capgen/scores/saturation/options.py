"""What else is asked of saturation, as `saturation` takes it, and all that asks it of others."""

from __future__ import annotations

from datetime import date
from typing import TypedDict


class SaturationOptions(TypedDict, total=False):
    """Options of `saturation` that decide what it finds; it says what they mean."""

    rule: str | None
    since: date | None
    until: date | None
    draws: int
