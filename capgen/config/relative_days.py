"""Turns days that are named by their distance from today into dates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from capgen.config.merging import Merged

_KEYS = (("start_date",), ("end_date",))
_NAMED = {"yesterday": -1, "today": 0, "tomorrow": 1}
_DISTANCE = re.compile(r"([+-][0-9]{1,6})([dw])")
_DAYS_OF = {"d": 1, "w": 7}


def today() -> date:
    """Return the present day in UTC, the zone of the timestamps."""
    return datetime.now(UTC).date()


def with_dates(merged: Merged) -> Merged:
    """Return the values with dates in place of the window's days relative to today.

    Args:
        merged: the values as given. `today`, `yesterday`, `tomorrow`, and days or weeks such as
            `-90d` or `+4w` become dates; anything else stays as it is.
    """
    leaves = dict(merged.leaves)
    for key in _KEYS:
        if key in leaves:
            value, source = leaves[key]
            distance = _distance(value) if isinstance(value, str) else None
            if distance is not None:
                leaves[key] = (_date_at(distance, value), source)
    return replace(merged, leaves=leaves)


def _distance(text: str) -> int | None:
    if text in _NAMED:
        return _NAMED[text]
    match = _DISTANCE.fullmatch(text)
    return int(match[1]) * _DAYS_OF[match[2]] if match else None


def _date_at(distance: int, text: str) -> str:
    try:
        return str(today() + timedelta(days=distance))
    except OverflowError:
        return text  # not a day: the schema says so
