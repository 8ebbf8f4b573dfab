"""The length of a time step, as people write it."""

from __future__ import annotations

import re

from capgen.timeline.epoch import MINUTES_PER_DAY, MINUTES_PER_HOUR

_NAMED_STEPS = {"daily": MINUTES_PER_DAY, "hourly": MINUTES_PER_HOUR}
_MINUTES_TEXT = re.compile(r"([0-9]{1,4})min")


def step_minutes(granularity: str) -> int:
    """Return the length of a time step.

    Args:
        granularity: `daily`, `hourly`, or whole minutes such as `15min`.

    Returns:
        Minutes in a step; always a divisor of a day.

    Raises:
        ValueError: the text is no granularity, or the step does not divide a day.
    """
    if granularity in _NAMED_STEPS:
        return _NAMED_STEPS[granularity]
    match = _MINUTES_TEXT.fullmatch(granularity)
    if match is None:
        raise ValueError("expected daily, hourly or whole minutes such as 15min")
    minutes = int(match[1])
    if minutes == 0 or MINUTES_PER_DAY % minutes:
        raise ValueError(
            f"expected a step that divides a day ({MINUTES_PER_DAY} minutes), "
            "such as 1min, 5min, 15min or 30min"
        )
    return minutes


def canonical_granularity(text: str) -> str:
    """Return the one way to write a granularity: `60min` is `hourly`.

    Args:
        text: a granularity, as `step_minutes` takes it.

    Raises:
        ValueError: the text is no granularity, as in `step_minutes`.
    """
    minutes = step_minutes(text)
    names = {length: name for name, length in _NAMED_STEPS.items()}
    return names.get(minutes, f"{minutes}min")
