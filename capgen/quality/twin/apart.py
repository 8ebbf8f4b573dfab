"""Whether archetypes differ, by the levels of their servers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from capgen.quality.closed_form.apart import apart_finding, too_few_findings
from capgen.quality.closed_form.level import LEVEL
from capgen.quality.findings import Finding
from capgen.quality.twin.contrast import Contrast, design_effect


def archetypes_apart(
    archetypes: Sequence[str], measured: Sequence[Contrast], kinship: float
) -> Iterator[Finding]:
    """Yield for each pair of archetypes how far the metric that tells them apart best does so.

    Args:
        archetypes: their names.
        measured: what was measured; levels of each archetype's metrics are in the same order.
        kinship: the highest correlation that two servers have on average.
    """
    yield from too_few_findings(archetypes)
    every = [each for each in measured if each.rule == LEVEL.name]
    levels = {name: [each for each in every if _of(each, name)] for name in archetypes}
    for one, two in itertools.combinations(archetypes, 2):
        pairs = zip(levels[one], levels[two], strict=True)
        distances = [_distances(*pair, kinship) for pair in pairs]
        found, expected = (max(each, default=0.0) for each in zip(*distances, strict=True))
        yield apart_finding(f"{one} and {two}", found, expected)


def _of(contrast: Contrast, archetype: str) -> bool:
    return contrast.subject.partition(" ")[0] == archetype


def _distances(one: Contrast, two: Contrast, kinship: float) -> tuple[float, float]:
    """Return the distance of two levels in standard errors, in the data and in the twin.

    It is 0 where one has no values.
    """
    first = _level(one, kinship)
    second = _level(two, kinship)
    error = math.hypot(first.error, second.error)
    if not error > 0:
        return 0.0, 0.0
    return abs(first.data - second.data) / error, abs(first.twin - second.twin) / error


class _Level(NamedTuple):
    data: float
    twin: float
    error: float


def _level(level: Contrast, kinship: float) -> _Level:
    """Return means, and their standard error.

    Data and twin each have half of the variance of their difference.
    """
    known = np.isfinite(level.both.data) & np.isfinite(level.both.twin)
    data = level.both.data[known]
    twin = level.both.twin[known]
    if data.size == 0:
        return _Level(math.nan, math.nan, math.nan)
    variance = float(((data - twin) ** 2).sum()) / 2 / data.size**2
    error = math.sqrt(variance * level.growth * design_effect(level.servers, kinship))
    return _Level(float(data.mean()), float(twin.mean()), error)
