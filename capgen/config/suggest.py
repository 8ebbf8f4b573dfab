"""Suggests the known name nearest to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(unknown: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that an unknown one was probably meant to be.

    Args:
        unknown: what was given.
        known: what would have been understood.

    Returns:
        Such as `; did you mean 'seed'?`, or the empty string where nothing is near.
    """
    matches = difflib.get_close_matches(unknown[:60], list(known), n=1, cutoff=0.6)
    return f"; did you mean {matches[0]!r}?" if matches else ""
