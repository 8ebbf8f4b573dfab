"""Whether archetypes differ, by the levels of their servers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from capgen.quality.dynamics.contrast import Contrast, design_effect
from capgen.quality.findings import Finding, not_testable
from capgen.quality.level import apart_finding


def archetypes_apart(archetypes: Sequence[str], measured: Sequence[Contrast], kinship: float) -> Iterator[Finding]:
    """Yield for each pair of archetypes how far the metric that tells them apart best does so.

    Args:
        archetypes: their names.
        measured: the levels of all metrics of each among them, in the same order.
        kinship: the highest correlation that two servers have on average.
    """
    if len(archetypes) < 2:
        yield not_testable("archetypes_differ", "there are fewer than two archetypes")
    levels = {name: [each for each in measured if each.rule == "level" and _of(each, name)] for name in archetypes}
    for one, two in itertools.combinations(archetypes, 2):
        distances = [_distances(*pair, kinship) for pair in zip(levels[one], levels[two], strict=True)]
        found, expected = (max(each, default=0.0) for each in zip(*distances, strict=True))
        yield apart_finding(f"{one} and {two}", found, expected)


def _of(contrast: Contrast, archetype: str) -> bool:
    return contrast.subject.partition(" ")[0] == archetype


def _distances(one: Contrast, two: Contrast, kinship: float) -> tuple[float, float]:
    """Return the distance of two levels in standard errors, in the data and in the twin."""
    error = math.hypot(*(_error(each, kinship) for each in (one, two)))
    pairs = zip(one.both, two.both, strict=True)
    found, expected = (abs(float(np.nanmean(left) - np.nanmean(right))) for left, right in pairs)
    return (found / error, expected / error) if error > 0 else (0.0, 0.0)


def _error(level: Contrast, kinship: float) -> float:
    """Return the standard error of a level, from how far data and twin lie apart: each of them half of the variance."""
    apart = level.both.data - level.both.twin
    variance = float(np.nansum(apart**2)) / 2 / max(np.isfinite(apart).sum(), 1) ** 2
    return math.sqrt(variance * level.growth * design_effect(level.servers, kinship))
