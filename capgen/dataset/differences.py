"""Says in which keys two mappings, such as configurations, differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_MOST_KEYS = 5


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Yield the dotted keys whose values differ, with both values; None for a missing value.

    Args:
        old: nested plain data.
        new: nested plain data.
        prefix: text to put before each key.
    """
    for key in dict.fromkeys([*old, *new]):
        before = old.get(key)
        after = new.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from differences(before, after, f"{prefix}{key}.")
        elif before != after:
            yield f"{prefix}{key}", before, after


def differing_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Return the differences as text, such as `config.seed: 42, now 7`.

    Args:
        old: nested plain data.
        new: nested plain data.
    """
    found = [f"{key}: {before}, now {after}" for key, before, after in differences(old, new)]
    more = [f"and {len(found) - _MOST_KEYS} more"] if len(found) > _MOST_KEYS else []
    return "; ".join([*found[:_MOST_KEYS], *more])
