"""How a fleet is fitted, as `fit` takes it, and all that fits along the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict


class FitOptions(TypedDict, total=False):
    """Options of `fit` that decide what it learns; it says what they mean."""

    states: int
    kinds: int
    labels: Sequence[str]
    holidays: str | None
    timezone: str | None
    pool: bool
