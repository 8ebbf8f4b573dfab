"""What a configuration implies for the values of each archetype, metric and hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.correlation import Matrix, correlation_matrix
from capgen.panel.calendar import open_calendar
from capgen.panel.fleet import archetype_counts
from capgen.panel.metrics import mean_column, mean_expressions, neutral_factors
from capgen.panel.time_axis import TimeAxis
from capgen.quality.clipped import Clipped, Floats, Limits, Part, clipped, clipped_mean

_SMALLEST_EFFECT = 1e-9  # relative; less is what floating-point sums make of nothing


@dataclass(frozen=True, slots=True)
class MetricModel:
    """What one metric of one archetype does, hour by hour.

    Args:
        archetype: its name.
        key: of the metric.
        column: of the metric.
        source: key of the metric whose noise it has: its own, or the one it is derived from.
        sign: −1 where it falls when its source rises.
        means: of cells without spikes and clip, shape (hours,).
        parts: without and with a spike.
        limits: what its values can be.
        values: what the configuration implies.
        effects: for each effect that does anything, what it adds to the expected values, shape (hours,).
    """

    archetype: str
    key: str
    column: str
    source: str
    sign: int
    means: Floats
    parts: tuple[Part, Part]
    limits: Limits
    values: Clipped
    effects: dict[str, Floats]

    @property
    def has_spikes(self) -> bool:
        """Whether a spike changes its values."""
        return self.parts[1].chance > 0 and self.parts[1][1:] != self.parts[0][1:]


@dataclass(frozen=True, slots=True)
class ArchetypeModel:
    """What one archetype does.

    Args:
        name: of the archetype.
        metrics: those whose columns can be read.
        correlations: of the metrics' noise, shape (metrics, metrics).
        drawn: correlations of the drawn metrics, in the configuration's order.
    """

    name: str
    metrics: list[MetricModel]
    correlations: Matrix
    drawn: Matrix


def hourly_calendar(config: Config) -> pl.DataFrame:
    """Return the calendar's factors, one row an hour that has timestamps.

    All factors but growth are constant within an hour; of growth, the mean is taken.

    Args:
        config: a valid configuration.

    Returns:
        Column hour, and those of the calendar but timestamp.
    """
    hour = pl.col("timestamp").dt.truncate("1h").alias("hour")
    factors = pl.all().exclude("timestamp", "growth_time").first()
    with open_calendar(config) as calendar:
        years = [
            calendar(span).group_by(hour, maintain_order=True).agg(factors, pl.col("growth_time").mean())
            for _, span in TimeAxis.of(config).years()
        ]
    return pl.concat(years)


def archetype_models(config: Config, calendar: pl.DataFrame, keys: list[str]) -> Iterator[ArchetypeModel]:
    """Yield what each archetype that has servers does.

    Args:
        config: a valid configuration.
        calendar: from `hourly_calendar`.
        keys: metrics to look at.
    """
    for name, servers in archetype_counts(config).items():
        if servers:
            yield _archetype_model(config, name, calendar, keys)


def _archetype_model(config: Config, name: str, calendar: pl.DataFrame, keys: list[str]) -> ArchetypeModel:
    archetype, drawn = config.archetypes[name], config.drawn_metrics
    expressions = list(mean_expressions(config, archetype))
    means = calendar.with_columns(expressions)
    without = {
        effect: calendar.with_columns(neutral).with_columns(expressions)
        for effect, neutral in neutral_factors(config).items()
    }
    metrics = [_metric_model(config, name, key, means, without) for key in keys]
    matrix = correlation_matrix(archetype.correlation, drawn, repair=config.repair_correlation)
    positions = [drawn.index(metric.source) for metric in metrics]
    signs = np.array([metric.sign for metric in metrics])
    return ArchetypeModel(name, metrics, matrix[np.ix_(positions, positions)] * np.outer(signs, signs), matrix)


def _metric_model(
    config: Config, name: str, key: str, means: pl.DataFrame, without: dict[str, pl.DataFrame]
) -> MetricModel:
    metric = config.metrics[key]
    source, factor = (metric.derived.source, metric.derived.factor) if metric.derived else (key, 1.0)
    low, high = (round(bound, config.decimals) for bound in metric.clip)
    limits, column, parts = (
        Limits(low, high, 10.0**-config.decimals),
        mean_column(source),
        _parts(config, name, source, factor),
    )
    plain = means[column].to_numpy() * factor
    values = clipped(plain, parts, limits)
    others = {effect: frame[column].to_numpy() * factor for effect, frame in without.items()}
    return MetricModel(
        archetype=name,
        key=key,
        column=metric.column,
        source=source,
        sign=-1 if factor < 0 else 1,
        means=plain,
        parts=parts,
        limits=limits,
        values=values,
        effects={
            effect: _difference(values.mean, plain, other, parts, limits)
            for effect, other in others.items()
            if not np.array_equal(plain, other)
        },
    )


def _difference(expected: Floats, plain: Floats, other: Floats, parts: tuple[Part, Part], limits: Limits) -> Floats:
    """Return how far the expected values lie from those for other means: 0 where no float can tell them apart."""
    differs = plain != other
    result = np.zeros(plain.size)
    result[differs] = expected[differs] - clipped_mean(other[differs], parts, limits)
    return np.where(np.abs(result) > _SMALLEST_EFFECT * (1 + np.abs(expected)), result, 0.0)


def _parts(config: Config, name: str, source: str, factor: float) -> tuple[Part, Part]:
    spike, share = config.archetypes[name].spike, config.metrics[source].spike_share
    sd = config.archetypes[name].sd[source] * abs(factor)
    magnitude = 1.0 if share is None else spike.magnitude * share
    return Part(1 - spike.probability, 1.0, sd), Part(spike.probability, magnitude, sd * magnitude)
