"""What a comparison says of a candidate: rows of the table, one number, and the worst facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from capgen.twins.compare.fact import Fact
from capgen.twins.compare.measure import COPIES, TOLD_APART, Measure
from capgen.twins.compare.scoring import Line, Values

# A fact of one metric is less certain than the mean over all metrics.
_LEAST_OF_A_FACT = 3.0  # times the measure's
_MOST_WORST = 3
_NO_FACTS = (TOLD_APART, COPIES)


@dataclass(frozen=True)
class Row:
    """A measure of a candidate: the mean over metrics.

    Args:
        measure: which one.
        value: of the candidate, over the directions that count.
        floor: of real data.
        other_servers: of other real servers; None of copies.
        ratios: value over floor, by direction.
        ratio: value over floor, over the directions that count.
    """

    measure: Measure
    value: float
    floor: float
    other_servers: float | None
    ratios: Sequence[float]
    ratio: float


@dataclass(frozen=True)
class Worst:
    """A fact in which a candidate differs most.

    Args:
        fact: what it is.
        measure: its measure.
        ratio: value over floor.
        says: what that means.
    """

    fact: Fact
    measure: Measure
    ratio: float
    says: str


def row_of(
    measure: Measure, lines: Sequence[Line], others: Sequence[Values], directions: int
) -> Row | None:
    """Return a measure's row of the table.

    Args:
        measure: which one.
        lines: its facts.
        others: what other real servers get, by direction.
        directions: how many of them count: all, or the first one alone.

    Returns:
        The row; None where there are no facts.
    """
    if not lines:
        return None
    values = np.mean([line.values for line in lines], axis=0)
    floors = np.mean([line.floors for line in lines], axis=0)
    facts = [line.fact for line in lines]
    servers = [[found[fact] for fact in facts if fact in found] for found in others[:directions]]
    known = [np.mean(found) for found in servers if found]
    value = float(values[:directions].mean())
    floor = float(floors[:directions].mean())
    return Row(
        measure=measure,
        value=value,
        floor=floor,
        other_servers=float(np.mean(known)) if known else None,
        ratios=[
            ratio(measure, float(each), float(beside))
            for each, beside in zip(values, floors, strict=True)
        ],
        ratio=ratio(measure, value, floor),
    )


def ratio(measure: Measure, value: float, floor: float, least: float = 1.0) -> float:
    """Return how many times as far a value is from the best one as its floor is.

    Args:
        measure: which one; less than its `least` counts as this much.
        value: of a candidate.
        floor: of real data.
        least: what the measure's `least` is multiplied by.
    """
    nothing = measure.least * least
    return max(_off(measure, value), nothing) / max(_off(measure, floor), nothing)


def _off(measure: Measure, value: float) -> float:
    """Return how far a value is from the best; to copy less than real data does is no fault."""
    return abs(value - measure.best)


def geometric_mean(ratios: Sequence[float]) -> float:
    """Return the geometric mean of ratios.

    Args:
        ratios: each above 0.
    """
    return float(np.exp(np.mean(np.log(ratios)))) if ratios else float("nan")


def is_likeness(row: Row) -> bool:
    """Tell whether a row says how alike panels are; what is copied is told by itself."""
    return row.measure.group != COPIES


def fact_ratio(line: Line, directions: int) -> float:
    """Return how many times its floor a fact is.

    Args:
        line: of the fact.
        directions: how many of them count.
    """
    value = float(np.mean(line.values[:directions]))
    floor = float(np.mean(line.floors[:directions]))
    return ratio(line.measure, value, floor, _LEAST_OF_A_FACT)


def furthest(rows: Sequence[Row], lines: Sequence[Line], directions: int) -> list[Line]:
    """Return the furthest facts, one a measure, the worst first; none that is within its floor.

    What counts is a fact's ratio times that of its measure: a single fact may be far by chance.
    A classifier names no fact, and what is copied is told by itself.

    Args:
        rows: of the table.
        lines: of all facts.
        directions: how many of them count.
    """
    facts = [
        line
        for line in lines
        if line.measure.group not in _NO_FACTS and fact_ratio(line, directions) > 1
    ]
    of_measure = {row.measure.name: row.ratio for row in rows}
    ranks = {
        line.fact: fact_ratio(line, directions) * of_measure[line.fact.measure] for line in facts
    }
    worst: dict[str, Line] = {}
    for line in sorted(facts, key=lambda line: -ranks[line.fact]):
        worst.setdefault(line.fact.measure, line)
    return list(worst.values())[:_MOST_WORST]
