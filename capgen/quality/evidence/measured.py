"""What the data says of each archetype, metric and hour, beside what the configuration implies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from capgen.draws.arrays import Floats
from capgen.quality.evidence.hour_sums import HourSums
from capgen.quality.expected.model import ArchetypeModel, MetricModel
from capgen.quality.statistics import Deviation


@dataclass(frozen=True, slots=True)
class MetricHours:
    """One metric of one archetype, hour by hour.

    Args:
        model: what the configuration implies.
        counts: number of values inside the clip, shape (hours,).
        totals: their sum.
        squares: sum of their squares.
    """

    model: MetricModel
    counts: Floats
    totals: Floats
    squares: Floats

    @property
    def subject(self) -> str:
        """What a finding calls it."""
        return f"{self.model.archetype} {self.model.column}"

    def deviation(self, weights: Floats) -> Deviation:
        """Return the weighted sum of all values' distances from their expectation.

        Args:
            weights: shape (hours,).
        """
        values = self.model.values
        weighed = self.counts * weights
        excess = values.central[4] - 3 * values.variance**2
        return Deviation(
            total=float((weights * (self.totals - self.counts * values.mean)).sum()),
            variance=float((weighed * weights * values.variance).sum()),
            third=float((weighed * weights**2 * values.central[3]).sum()),
            fourth=float((weighed * weights**3 * excess).sum()),
            slack=float((abs(weighed) * values.rounding).sum()),
        )

    def spread(self) -> Deviation:
        """Return the sum of squared distances from the expectation, less that of the variances."""
        mean = self.model.values.mean
        central = self.model.values.central
        n = self.counts
        second, fourth, sixth, eighth = (central[order] for order in (2, 4, 6, 8))
        squared = self.squares - 2 * mean * self.totals + n * mean**2
        variance = fourth - second**2
        third = sixth - 3 * fourth * second + 2 * second**3
        quartic = eighth - 4 * sixth * second + 6 * fourth * second**2 - 3 * second**4
        return Deviation(
            total=float((squared - n * second).sum()),
            variance=float((n * variance).sum()),
            third=float((n * third).sum()),
            fourth=float((n * (quartic - 3 * variance**2)).sum()),
            slack=float((n * 1e-9 * (1 + mean**2)).sum()),
        )


@dataclass(frozen=True, slots=True)
class ArchetypeHours:
    """All metrics of one archetype, hour by hour.

    Args:
        model: what the configuration implies.
        metrics: the metrics' hours, in the order of the model's metrics.
    """

    model: ArchetypeModel
    metrics: list[MetricHours]


def measure(
    sums: Mapping[str, HourSums], models: Iterable[ArchetypeModel]
) -> Iterator[ArchetypeHours]:
    """Put measured sums beside what the configuration implies.

    Args:
        sums: of the archetypes' values, by name.
        models: the archetypes' models.
    """
    for model in models:
        found = sums[model.name]
        measured = (found.counts, found.totals, found.squares)
        columns = zip(*(each[:, :-1][:, model.usable] for each in measured), strict=True)
        metrics = zip(model.metrics, columns, strict=True)
        yield ArchetypeHours(model, [MetricHours(metric, *of) for metric, of in metrics])
