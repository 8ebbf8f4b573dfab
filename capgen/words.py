"""Numbers and names as sentences have them."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_NAMED = 3


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as `1 file` or `175,320 rows`.

    Args:
        number: how many things there are.
        noun: the word for one thing.
    """
    return f"{number:,} {plural(number, noun)}"


def plural(number: int, noun: str) -> str:
    """Return the noun of a number that stands elsewhere, such as `file` or `rows`.

    Args:
        number: how many things there are.
        noun: the word for one thing.
    """
    return noun if number == 1 else f"{noun}s"


def listed(names: Sequence[str], most: int = _MOST_NAMED) -> str:
    """Return the first names, and how many more there are.

    Args:
        names: at least one.
        most: how many are named.
    """
    named = ", ".join(names[:most])
    more = len(names) - most
    return f"{named} and {more:,} more" if more > 0 else named


def abridged(lines: Sequence[str], most: int, noun: str) -> list[str]:
    """Return the first lines, and one with how many more there are, such as `and 1 more problem`.

    Args:
        lines: one for each thing.
        most: how many are shown.
        noun: the word for one thing.
    """
    more = len(lines) - most
    rest = [f"and {more:,} more {plural(more, noun)}"] if more > 0 else []
    return [*lines[:most], *rest]
