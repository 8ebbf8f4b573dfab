"""A comparison in few figures: one row a candidate, one column a group of measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.measure import COPIES, TOLD_APART
from capgen.twins.compare.outcome import Outcome
from capgen.twins.compare.scores import Row, geometric_mean, is_likeness, ratio

OTHER_HALF = "the other half"
OTHER_SERVERS = "other servers"


@dataclass(frozen=True)
class Line:
    """What a candidate gets.

    Args:
        name: of the candidate; or what real data it is.
        ratio: the geometric mean of the ratios, copies aside.
        by_direction: that of each direction; empty where it is not known.
        groups: the geometric mean of the ratios of each group.
        told: by measure, how well a classifier tells it apart, and what it copies.
    """

    name: str
    ratio: float
    by_direction: Sequence[float]
    groups: dict[str, float]
    told: dict[str, float]


def lines_of(found: Comparison) -> Iterator[Line]:
    """Yield the lines of a comparison: real data first, then the candidates.

    Args:
        found: the outcome, with at least one candidate.
    """
    rows = max((outcome.rows for outcome in found.outcomes), key=len)
    sides = [1.0] * len(found.directions)
    floors = {row.measure.name: row.floor for row in rows if _is_told(row)}
    yield Line(OTHER_HALF, 1.0, sides, _groups(rows, [1.0 for _ in rows]), floors)
    known = [row for row in rows if row.other_servers is not None]
    ratios = [ratio(row.measure, row.other_servers or 0.0, row.floor) for row in known]
    told = {row.measure.name: row.other_servers or 0.0 for row in known if _is_told(row)}
    yield Line(OTHER_SERVERS, geometric_mean(ratios), (), _groups(known, ratios), told)
    yield from map(_of_candidate, found.outcomes)


def _of_candidate(outcome: Outcome) -> Line:
    return Line(
        outcome.name,
        outcome.ratio,
        outcome.by_direction,
        _groups(outcome.rows, [row.ratio for row in outcome.rows]),
        {row.measure.name: row.value for row in outcome.rows if _is_told(row)},
    )


def _groups(rows: Sequence[Row], ratios: Sequence[float]) -> dict[str, float]:
    """Return the mean ratio of each group, copies aside."""
    by_group: dict[str, list[float]] = {}
    for row, each in zip(rows, ratios, strict=True):
        if is_likeness(row):
            by_group.setdefault(row.measure.group, []).append(each)
    return {group: geometric_mean(each) for group, each in by_group.items()}


def _is_told(row: Row) -> bool:
    return row.measure.group in (TOLD_APART, COPIES)
