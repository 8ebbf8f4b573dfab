"""What a measure of `compare` is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from capgen.twins.compare.cells import Cells, Floats, Series
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import ANY, Needs

VALUES = "values and tails"
MEMORY = "memory"
RHYTHM = "rhythm"
METRICS = "metrics together"
SERVERS = "servers together"
VARIETY = "variety"
GAPS = "gaps"
TOLD_APART = "told apart"
COPIES = "copies"

OF_SERVERS = "Wasserstein distance between the servers' numbers, in standard deviations"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One line of the table.

    Args:
        name: of the measure.
        group: it belongs to.
        says: what is measured, in words.
        lower: what a candidate does that has less of it than the reference.
        higher: what one does that has more.
        needs: what a panel must have.
        how: how the two sides are compared.
        direction: how the value reads.
        best: the value of two panels that are the same.
        least: values and floors below this count as this much, since chance alone gives it.
    """

    name: str
    group: str
    says: str
    lower: str
    higher: str
    needs: Needs = ANY
    how: str = OF_SERVERS
    direction: str = "0 is the same"
    best: float = 0.0
    least: float = 0.02


@dataclass(frozen=True, kw_only=True)
class ServerMeasure(Measure):
    """A measure of each server: compared are the two fleets' distributions.

    Args:
        find: returns numbers of the servers, by subject; NaN where a server has none.
        least_sd: what a standard deviation is at least, where servers hardly differ.
    """

    find: Callable[[Cells], Mapping[str, Floats]]
    least_sd: float = 0.0


@dataclass(frozen=True, kw_only=True)
class FleetMeasure(Measure):
    """A measure of two fleets as wholes.

    Args:
        distance: returns how far a candidate, the second, is from a reference, by subject.
    """

    distance: Callable[[Evidence, Evidence], Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class CopyMeasure(Measure):
    """A measure of how much a candidate repeats of real servers.

    Args:
        share: returns what is repeated of some sides by another, by subject.
    """

    share: Callable[[Sequence[Evidence], Evidence], Mapping[str, float]]


LEAST_SHARE = 0.01  # the least standard deviation of shares: a hundredth is as good as none


def of_metrics(number: Callable[[Series], Floats]) -> Callable[[Cells], Mapping[str, Floats]]:
    """Return what finds a number of each server and metric.

    Args:
        number: returns it for the servers of a metric.
    """
    return lambda cells: {metric: number(series) for metric, series in cells.series.items()}


def of_pairs(number: Callable[[Series, Series], Floats]) -> Callable[[Cells], Mapping[str, Floats]]:
    """Return what finds a number of each server and pair of metrics.

    Args:
        number: returns it for the servers of two metrics.
    """
    return lambda cells: {pair: number(first, second) for pair, first, second in cells.pairs()}
