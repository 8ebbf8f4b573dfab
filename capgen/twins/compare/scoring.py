"""Values of all measures, laid beside what the reference's own other half gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from capgen.twins.compare.distance import wasserstein
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import Fact
from capgen.twins.compare.hashing import halved
from capgen.twins.compare.measure import CopyMeasure, FleetMeasure, Measure, ServerMeasure

Values = Mapping[Fact, float]


@dataclass(frozen=True)
class Sides:
    """A reference and its floor, for each direction.

    Args:
        references: the side that candidates are laid beside.
        others: the side of real data that makes the floor; the other half, or the holdout.
        sources: all real data, which nothing may copy.
    """

    references: Sequence[Evidence]
    others: Sequence[Evidence]
    sources: Sequence[Evidence]


@dataclass(frozen=True)
class Line:
    """A fact of a candidate beside its floor.

    Args:
        measure: of the fact.
        fact: what is compared.
        values: of the candidate, by direction.
        floors: of real data, by direction.
    """

    measure: Measure
    fact: Fact
    values: Sequence[float]
    floors: Sequence[float]


def distances(measure: Measure, reference: Evidence, candidate: Evidence) -> Values:
    """Return how far a candidate is from a reference by a measure other than of copies.

    Args:
        measure: which one.
        reference: one side.
        candidate: the other.
    """
    if isinstance(measure, FleetMeasure):
        found = measure.distance(reference, candidate)
        return {Fact(measure.name, subject): value for subject, value in found.items()}
    if isinstance(measure, ServerMeasure):
        return dict(_of_servers(measure, reference, candidate))
    raise TypeError(f"expected a measure of distances, got {measure.name}")


def _of_servers(
    measure: ServerMeasure, reference: Evidence, candidate: Evidence
) -> Iterator[tuple[Fact, float]]:
    for fact, numbers in reference.facts.items():
        if fact.measure == measure.name:
            distance = wasserstein(numbers, candidate.facts[fact], measure.least_sd)
            if distance is not None:
                yield fact, distance


def copied(measure: CopyMeasure, sources: Sequence[Evidence], candidate: Evidence) -> Values:
    """Return how much a candidate repeats of real data.

    Args:
        measure: which one.
        sources: the real data.
        candidate: what may repeat it.
    """
    found = measure.share(sources, candidate)
    return {Fact(measure.name, subject): value for subject, value in found.items()}


def floors(measure: Measure, sides: Sides) -> list[Values]:
    """Return what the reference's own other side gets, by direction.

    Args:
        measure: which one.
        sides: of the reference.
    """
    pairs = zip(sides.references, sides.others, strict=True)
    if isinstance(measure, CopyMeasure):
        return [copied(measure, [reference], other) for reference, other in pairs]
    return [distances(measure, reference, other) for reference, other in pairs]


def other_servers(measure: Measure, sides: Sides) -> list[Values]:
    """Return what other servers of the other side get, by direction; nothing of copies.

    Args:
        measure: which one.
        sides: of the reference.
    """
    if isinstance(measure, CopyMeasure):
        return []
    found = []
    for reference, other in zip(sides.references, sides.others, strict=True):
        is_one = np.array(halved(reference.servers), bool)
        is_other = ~np.array(halved(other.servers), bool)
        found.append(distances(measure, reference.of_servers(is_one), other.of_servers(is_other)))
    return found


def values(measure: Measure, sides: Sides, candidate: Sequence[Evidence]) -> list[Values]:
    """Return what a candidate gets, by direction.

    Args:
        measure: which one.
        sides: of the reference.
        candidate: its evidence, by direction.
    """
    if isinstance(measure, CopyMeasure):
        found = {id(each): each for each in candidate}  # a holdout has one side for both
        shares = {key: copied(measure, sides.sources, each) for key, each in found.items()}
        return [shares[id(each)] for each in candidate]
    pairs = zip(sides.references, candidate, strict=True)
    return [distances(measure, reference, each) for reference, each in pairs]


def lines(measure: Measure, found: Sequence[Values], floor: Sequence[Values]) -> Iterator[Line]:
    """Yield the facts that every direction has, of the candidate and of real data.

    Args:
        measure: which one.
        found: of the candidate, by direction.
        floor: of real data, by direction.
    """
    for fact in floor[0]:
        if all(fact in each for each in (*found, *floor)):
            yield Line(
                measure, fact, [each[fact] for each in found], [each[fact] for each in floor]
            )
