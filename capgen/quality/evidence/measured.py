"""What the data says of each archetype, metric and hour, beside what the configuration implies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from capgen import sql
from capgen.draws.arrays import Floats
from capgen.quality.evidence.counts import clip_parameters
from capgen.quality.expected.buckets import HOUR, bucket_minutes
from capgen.quality.expected.model import ArchetypeModel, MetricModel
from capgen.quality.source import Source
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


def hour_sums(source: Source, rows: str) -> pl.DataFrame:
    """Sum up what is looked at by archetype, group and hour.

    Args:
        source: an open dataset.
        rows: the view that holds them, with a group for each.

    Returns:
        As `sql/checks/hours.sql` says.
    """
    repeats = [{"column": column} for column in source.columns]
    parameters = {**clip_parameters(source), **bucket(source), "rows": rows}
    return sql.run_query(source.connection, "checks/hours", parameters, repeats)


def bucket(source: Source) -> dict[str, int]:
    """Return the parameter that tells how long an hour is.

    Args:
        source: an open dataset.
    """
    return {"bucket_minutes": bucket_minutes(source.model) if source.model else HOUR}


def measure(sums: pl.DataFrame, models: Iterable[ArchetypeModel]) -> Iterator[ArchetypeHours]:
    """Put measured sums beside what the configuration implies.

    Args:
        sums: what `hour_sums` returns.
        models: the archetypes' models.
    """
    by = ["server_type", "group", "hour"]
    for model in models:
        hours = model.keys.join(sums, on=by, how="left", maintain_order="left")
        columns = hours.select(pl.exclude(by).cast(pl.Float64).fill_null(0))
        yield ArchetypeHours(model, [_metric_hours(metric, columns) for metric in model.metrics])


def _metric_hours(model: MetricModel, columns: pl.DataFrame) -> MetricHours:
    counts, totals, squares = (
        columns[f"{model.column}.{what}"].to_numpy() for what in ("inside", "total", "squares")
    )
    return MetricHours(model, counts, totals, squares)
