"""Suggests the known name nearest to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(unknown: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that the user probably meant.

    Args:
        unknown: the name that the user wrote.
        known: the names to choose from.

    Returns:
        A text such as `; did you mean 'seed'?`, or the empty string if no name is near.
    """
    matches = difflib.get_close_matches(unknown[:60], list(known), n=1, cutoff=0.6)
    return f"; did you mean {matches[0]!r}?" if matches else ""
