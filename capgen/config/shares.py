"""Checks the archetypes' shares of the fleet, and scales them to a sum of 1."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

SHARE_TOLERANCE = 1e-9
_DECIMALS = 4


def share_problem(shares: Mapping[str, float], given: Collection[str] = ()) -> str | None:
    """Return the problem with shares that do not sum to 1, else None.

    Args:
        shares: shares by archetype.
        given: archetypes whose shares the user chose; the advice keeps them.
    """
    total = math.fsum(shares.values())
    if abs(total - 1) <= SHARE_TOLERANCE:
        return None
    others = in_proportion(shares, given)
    advice = ", ".join(f"{name} {share:g}" for name, share in others.items())
    return (
        f"archetypes: expected shares that sum to 1, got a sum of {total:.10g}; "
        f"in proportion: {advice}"
    )


def in_proportion(shares: Mapping[str, float], given: Collection[str]) -> dict[str, float]:
    """Return shares in proportion that sum to 1; if the given ones leave room, only the others.

    Args:
        shares: shares by archetype.
        given: archetypes that keep their shares, if these leave room for the others.
    """
    kept = {name: share for name, share in shares.items() if name in given}
    room = 1 - math.fsum(kept.values())
    others = {name: share for name, share in shares.items() if name not in kept}
    if not others or room < 0 or not math.fsum(others.values()):
        others = dict(shares)
        room = 1.0
    total = math.fsum(others.values())
    if not total:
        return dict.fromkeys(others, 1 / len(others))
    return _summing_to(room, {name: share * room / total for name, share in others.items()})


def _summing_to(total: float, shares: dict[str, float]) -> dict[str, float]:
    """Round shares, and give the rest to the largest."""
    rounded = {name: round(share, _DECIMALS) for name, share in shares.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rest = total - math.fsum(rounded.values())
    return {**rounded, largest: round(rounded[largest] + rest, 10)}
