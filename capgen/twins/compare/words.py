"""What a fact means, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import Fact
from capgen.twins.compare.measure import Measure
from capgen.twins.compare.scoring import Line


def sentence(
    line: Line, references: Sequence[Evidence], candidate: Sequence[Evidence], times: float
) -> str:
    """Return what is known of a fact, and what a candidate does that differs so.

    Args:
        line: the fact beside its floor.
        references: the reference's sides.
        candidate: the candidate's.
        times: how many times its floor it is.
    """
    real = _middle(references, line.fact)
    other = _middle(candidate, line.fact)
    if real is None or other is None:
        value = float(np.mean(line.values))
        floor = float(np.mean(line.floors))
        figures = f"{value:.3g} where real data has {floor:.3g}"
        means = _meaning(line.measure, value - floor)
    else:
        figures = f"{other:.3g} in the middle where the reference has {real:.3g}"
        means = _meaning(line.measure, _mean(candidate, line.fact) - _mean(references, line.fact))
    return f"{line.fact.text} is {times:.1f} × its floor ({figures}): {means}"


def _meaning(measure: Measure, more: float) -> str:
    return measure.higher if more > 0 else measure.lower


def _numbers(
    sides: Sequence[Evidence], fact: Fact
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = [side.facts[fact] for side in sides if fact in side.facts]
    numbers = np.concatenate(found) if found else np.empty(0)
    return numbers[np.isfinite(numbers)]


def _middle(sides: Sequence[Evidence], fact: Fact) -> float | None:
    numbers = _numbers(sides, fact)
    return float(np.quantile(numbers, 0.5)) if numbers.size else None


def _mean(sides: Sequence[Evidence], fact: Fact) -> float:
    return float(_numbers(sides, fact).mean())
