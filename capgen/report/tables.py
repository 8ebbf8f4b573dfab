"""What the report shows, as small tables: DuckDB adds up the panel, and only the sums come here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.quality.evidence.counts import clip_ends
from capgen.quality.evidence.measured import bucket
from capgen.quality.source import Source
from capgen.report.units_of_time import growth_unit_of, last_whole_month, unit_of_points
from capgen.settings.metric import source_of

BINS = 60
WHOLE_FLEET = ""  # the archetype of rows about all servers
_DAYS_AROUND_RAMP = 5


@dataclass(frozen=True, slots=True)
class Tables:
    """The report's numbers.

    Args:
        config: of the dataset.
        archetypes: those that have servers, in the configuration's order.
        columns: of the metrics, in the configuration's order.
        unit: of time in `utilisation`: hour, day, week or month.
        growth_unit: of time in `growth`: day, week or month.
        headroom_since: the first day that `headroom` looks at.
        headroom_until: the last one.
        utilisation: server_type, metric, moment, mean.
        marks: moment, ends_quarter, is_free.
        distribution: server_type, metric, bin, cells.
        bins: metric, first, width: where the bins of `distribution` begin, and how wide they are.
        heat_map: server_type, metric, weekday, part (hour, or month where rows are daily), mean.
        effects: server_type, metric, kind, position, measured, configured.
        growth: server_type, metric, moment, mean.
        headroom: server_type, metric, p95.
        quality: server_type, metric, cells, present, least, greatest, at_low, at_high.
        fleet: attribute, name, servers.
    """

    config: Config
    archetypes: list[str]
    columns: list[str]
    unit: str
    growth_unit: str
    headroom_since: date
    headroom_until: date
    utilisation: pl.DataFrame
    marks: pl.DataFrame
    distribution: pl.DataFrame
    bins: pl.DataFrame
    heat_map: pl.DataFrame
    effects: pl.DataFrame
    growth: pl.DataFrame
    headroom: pl.DataFrame
    quality: pl.DataFrame
    fleet: pl.DataFrame

    @property
    def is_daily(self) -> bool:
        """Whether rows are a day or more apart, so that hours tell nothing."""
        return self.config.step_minutes >= 24 * 60

    @property
    def labels(self) -> list[str]:
        """The metrics with their units, in the order of `columns`."""
        metrics = self.config.metrics.values()
        return [
            f"{metric.column} ({metric.unit})" if metric.unit else metric.column
            for metric in metrics
        ]

    def of(self, archetype: str) -> Tables:
        """Return what is about one archetype, or about the whole fleet.

        Args:
            archetype: its name, or `WHOLE_FLEET`.
        """
        heat_map = self.heat_map.filter(pl.col("server_type") == archetype)
        if archetype == WHOLE_FLEET:
            return replace(self, heat_map=heat_map)
        names = ("utilisation", "distribution", "effects", "growth", "headroom", "quality")
        narrow = {
            name: getattr(self, name).filter(pl.col("server_type") == archetype) for name in names
        }
        return replace(self, archetypes=[archetype], heat_map=heat_map, **narrow)


def read_tables(source: Source) -> Tables:
    """Add up what the report shows.

    Args:
        source: an open dataset.

    Returns:
        The tables; the panel was read four times, by column.
    """
    config = source.config
    connection = source.connection
    metrics = {"metrics": source.columns}
    quality = _quality(source)
    bins = _bins(quality, source.columns)
    hours = sql.run_query(connection, "report/hours", bucket(source) | metrics)
    connection.register("hour_sums", hours)
    window = {"first_day": config.start_date, "last_day": config.end_date}
    unit = unit_of_points(config)
    weeks = {"unit": unit, "whole_units": ["week"]}
    growth_unit = growth_unit_of(config)
    months = {"unit": growth_unit, "whole_units": ["week", "month"]}
    since, until = last_whole_month(config)
    last_month = {
        "first_timestamp": _midnight(since),
        "stop_timestamp": _midnight(until + timedelta(days=1)),
    }
    most_days = {"most_days": min(config.calendar.eoq.window_days + _DAYS_AROUND_RAMP, 27)}
    effects = sql.run_query(connection, "report/effects", most_days)
    found = set(quality["server_type"])
    return Tables(
        config=config,
        archetypes=[name for name in config.archetypes if name in found],
        columns=source.columns,
        unit=unit,
        growth_unit=growth_unit,
        headroom_since=since,
        headroom_until=until,
        utilisation=sql.run_query(connection, "report/means", window | weeks),
        marks=sql.run_query(connection, "report/marks", window),
        distribution=_distribution(connection, bins),
        bins=bins,
        heat_map=sql.run_query(
            connection, "report/heat_map", {"by_month": config.step_minutes >= 24 * 60}
        ),
        effects=effects.with_columns(configured=_configured(config, effects)),
        growth=sql.run_query(connection, "report/means", window | months),
        headroom=sql.run_query(connection, "report/headroom", metrics | last_month),
        quality=quality,
        fleet=sql.run_query(
            connection, "report/fleet", {"first_timestamp": _midnight(config.start_date)}
        ),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _bins(quality: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Lay bins of one width over what was observed of each metric."""
    ends = quality.group_by("metric").agg(pl.col("least").min(), pl.col("greatest").max())
    low = pl.col("least").fill_null(0)
    high = pl.col("greatest").fill_null(1)
    width = pl.when(high > low).then((high - low) / BINS).otherwise(1.0)
    order = pl.DataFrame({"metric": columns})
    return order.join(ends, on="metric", how="left", maintain_order="left").select(
        "metric", first=low, width=width
    )


def _quality(source: Source) -> pl.DataFrame:
    """Count the values of each metric, and those at the ends of its clip."""
    counts = (
        _of_metric(source.connection, "report/quality", metric, {"low": low, "high": high})
        for metric, (low, high) in clip_ends(source).items()
    )
    return pl.concat(counts).sort("server_type", "metric")


def _distribution(connection: sql.Connection, bins: pl.DataFrame) -> pl.DataFrame:
    """Count the values of each metric in its bins."""
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
