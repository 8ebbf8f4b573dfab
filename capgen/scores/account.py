"""What was left out or read in another way, counted and named, so that it is told with a result."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_NAMES = 3


def listed(names: Sequence[str]) -> str:
    """Return a few names, and how many more there are.

    Args:
        names: at least one.
    """
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as `1 row` or `12 rows`.

    Args:
        number: how many things there are.
        noun: the word for one thing.
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
