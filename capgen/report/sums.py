"""Adds up the panel in DuckDB for the report's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.quality.evidence.counts import clip_ends
from capgen.quality.evidence.units import allowed_range
from capgen.quality.source import Source
from capgen.settings.metric import source_of

BINS = 60
_DAYS_AROUND_RAMP = 5
_EFFECTS = {
    **dict.fromkeys(("server_type", "metric", "kind"), pl.String),
    **dict.fromkeys(("position", "measured", "configured"), pl.Float64),
}


def midnight(day: date) -> datetime:
    """Return the first moment of a day.

    Args:
        day: the day.
    """
    return datetime(day.year, day.month, day.day)


def bins_of(quality: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Lay bins of one width over what was observed of each metric.

    Args:
        quality: what `quality_of` returns.
        columns: of the metrics.
    """
    ends = quality.group_by("metric").agg(pl.col("least").min(), pl.col("greatest").max())
    low = pl.col("least").fill_null(0)
    high = pl.col("greatest").fill_null(1)
    width = pl.when(high > low).then((high - low) / BINS).otherwise(1.0)
    order = pl.DataFrame({"metric": columns})
    return order.join(ends, on="metric", how="left", maintain_order="left").select(
        "metric", first=low, width=width
    )


def ends_of(source: Source) -> Mapping[str, tuple[float, float]]:
    """Return how far the values of each metric can go: its clip, or what its unit allows.

    Args:
        source: an open dataset.
    """
    if source.model:
        return clip_ends(source)
    return {metric.name: allowed_range(metric.unit) for metric in source.metrics}


def fleet_of(source: Source) -> pl.DataFrame:
    """Count the servers by what they are: of a build, which has all at its start, those there.

    Args:
        source: an open dataset.
    """
    if source.model is None:
        labels = {"labels": list(source.described.labels)}
        return sql.run_query(source.connection, "report/labels", labels)
    first = {"first_timestamp": midnight(source.described.first_day)}
    return sql.run_query(source.connection, "report/fleet", first)


def effects_of(source: Source) -> pl.DataFrame:
    """Measure what quarter ends and holidays do, beside what is configured; nothing without it.

    Args:
        source: an open dataset, with its `hour_sums`.
    """
    if source.model is None:
        return pl.DataFrame(schema=_EFFECTS)
    window = source.model.calendar.eoq.window_days
    most_days = {"most_days": min(window + _DAYS_AROUND_RAMP, 27)}
    effects = sql.run_query(source.connection, "report/effects", most_days)
    return effects.with_columns(configured=_configured(source.model, effects))


def quality_of(connection: sql.Connection, ends: Mapping[str, tuple[float, float]]) -> pl.DataFrame:
    """Count the values of each metric, and those at the ends of what they can be.

    Args:
        connection: the database with the panel.
        ends: what `ends_of` returns.
    """
    counts = (
        _of_metric(connection, "report/quality", metric, {"low": low, "high": high})
        for metric, (low, high) in ends.items()
    )
    return pl.concat(counts).sort("server_type", "metric")


def distribution_of(connection: sql.Connection, bins: pl.DataFrame) -> pl.DataFrame:
    """Count the values of each metric in its bins.

    Args:
        connection: the database with the panel.
        bins: what `bins_of` returns.
    """
    counts = []
    for metric, first, width in bins.iter_rows():
        parameters = {"first": first, "width": width, "last_bin": BINS - 1}
        counts.append(_of_metric(connection, "report/distribution", metric, parameters))
    return pl.concat(counts).sort("server_type", "metric", "bin")


def _of_metric(
    connection: sql.Connection, query: str, metric: str, parameters: Mapping[str, float]
) -> pl.DataFrame:
    rows = sql.run_query(connection, query, {"metric": [metric], **parameters})
    return rows.with_columns(metric=pl.lit(metric))


def _configured(config: Config, effects: pl.DataFrame) -> pl.Series:
    """Return what the configured factor makes of a metric that takes so much of it."""
    responses = {}
    for key, metric in config.metrics.items():
        response = config.metrics[source_of(config.metrics, key)].response
        responses[metric.column] = {"ramp": response.eoq, "holiday": response.holiday}
    rows = effects.select("metric", "kind", "factor").iter_rows()
    return pl.Series(
        [1 + responses[metric][kind] * (factor - 1) for metric, kind, factor in rows],
        dtype=pl.Float64,
    )
