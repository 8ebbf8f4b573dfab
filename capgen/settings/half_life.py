"""Half-lives: after how many hours half of a deviation is left."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

MOST_HALF_LIFE_HOURS = 30 * 24  # so that a year's end does not remember the year's start
_SHORTEST_HALF_LIFE_HOURS = 0.001  # what is shorter leaves nothing after a minute


def _check_half_life(hours: float) -> float:
    if 0 < hours < _SHORTEST_HALF_LIFE_HOURS:
        raise ValueError(f"expected 0 or at least {_SHORTEST_HALF_LIFE_HOURS}")
    return hours


HalfLife = Annotated[float, Field(ge=0, le=MOST_HALF_LIFE_HOURS), AfterValidator(_check_half_life)]
