"""The constrained types that a mapping's values are made of."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

AUTO = "auto"
Kind = Literal["gauge", "counter"]
How = Literal["sum", "mean", "max", "min"]
TimeUnit = Literal["auto", "s", "ms", "us", "ns", "text"]
RepeatedHour = Literal["by_order", "first", "second"]
Column = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_STEP = re.compile(r"([1-9][0-9]{0,5})(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


def _check_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"expected a regular expression, which this is not: {error}") from None
    return text


def _check_group(text: str) -> str:
    if re.compile(_check_pattern(text)).groups != 1:
        raise ValueError("expected a regular expression with one group, such as (.+)\\.csv")
    return text


def step_seconds(text: str) -> int:
    """Return the length of a step of exports in seconds.

    Args:
        text: such as `15s`, `5min`, `1h`, `hourly` or `daily`.

    Raises:
        ValueError: the text is no step.
    """
    found = _STEP.fullmatch({"hourly": "1h", "daily": "1d"}.get(text, text))
    if found is None:
        raise ValueError("expected a step such as 15s, 5min, 1h, hourly or daily")
    return int(found[1]) * _SECONDS[found[2]]


def _check_step(text: str) -> str:
    step_seconds(text)
    return text


def _check_step_or_auto(text: str) -> str:
    return text if text == AUTO else _check_step(text)


def _as_tuple(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Pattern = Annotated[str, AfterValidator(_check_pattern)]
Group = Annotated[str, AfterValidator(_check_group)]
ExportStep = Annotated[str, AfterValidator(_check_step)]
ExportStepOrAuto = Annotated[str, AfterValidator(_check_step_or_auto)]
