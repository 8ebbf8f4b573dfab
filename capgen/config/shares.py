"""Shares of the fleet, and what they would be in proportion."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

SHARE_TOLERANCE = 1e-9
_DECIMALS = 4


def share_problem(shares: Mapping[str, float], given: Collection[str] = ()) -> str | None:
    """Return what is wrong with shares; None where they sum to 1.

    Args:
        shares: by archetype.
        given: archetypes whose share somebody chose: the others make room for them.
    """
    total = math.fsum(shares.values())
    if abs(total - 1) <= SHARE_TOLERANCE:
        return None
    others = in_proportion(shares, given)
    advice = ", ".join(f"{name} {share:g}" for name, share in others.items())
    return f"archetypes: expected shares that sum to 1, got a sum of {total:.10g}; in proportion: {advice}"


def in_proportion(shares: Mapping[str, float], given: Collection[str] = ()) -> dict[str, float]:
    """Return shares that sum to 1: the others in proportion where there is room for those given.

    Args:
        shares: by archetype.
        given: archetypes that keep their share.
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
    """Round shares, and let the largest take what rounding leaves."""
    rounded = {name: round(share, _DECIMALS) for name, share in shares.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rest = total - math.fsum(rounded.values())
    return {**rounded, largest: round(rounded[largest] + rest, 10)}
