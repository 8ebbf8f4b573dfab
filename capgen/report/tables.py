"""What the report shows, as small tables: DuckDB adds up the panel, and only the sums come here."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.dataset.description import Description
from capgen.dataset.metric_column import MetricColumn
from capgen.quality.expected.buckets import HOUR, bucket_minutes
from capgen.quality.source import Source
from capgen.report.sums import (
    bins_of,
    distribution_of,
    effects_of,
    ends_of,
    fleet_of,
    midnight,
    quality_of,
)
from capgen.report.units_of_time import growth_unit_of, last_whole_month, unit_of_points
from capgen.timeline.epoch import MINUTES_PER_DAY

WHOLE_FLEET = ""  # the archetype of rows about all servers


@dataclass(frozen=True, slots=True)
class Tables:
    """The report's numbers.

    Args:
        described: what the dataset's rows are.
        model: the configuration that they follow; None for telemetry.
        archetypes: those that have servers, in the configuration's order.
        metrics: those whose columns can be read, in the configuration's order.
        ceilings: how far each metric can go; None where nothing says it.
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

    described: Description
    model: Config | None
    archetypes: list[str]
    metrics: tuple[MetricColumn, ...]
    ceilings: list[float | None]
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
        return self.described.step_minutes >= MINUTES_PER_DAY

    @property
    def config(self) -> Config:
        """The configuration, for charts that need one."""
        if self.model is None:
            raise LookupError("expected a configuration, got data that was loaded")
        return self.model

    @property
    def columns(self) -> list[str]:
        """The metrics' columns, in the configuration's order."""
        return [metric.name for metric in self.metrics]

    @property
    def labels(self) -> list[str]:
        """The metrics with their units, in the order of `columns`."""
        return [metric.label for metric in self.metrics]

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
    described = source.described
    connection = source.connection
    sql.add_macros(connection, described.calendar.tables())
    metrics = {"metrics": source.columns}
    ends = ends_of(source)
    quality = quality_of(connection, ends)
    bins = bins_of(quality, source.columns)
    minutes = bucket_minutes(source.model) if source.model else HOUR
    hours = sql.run_query(connection, "report/hours", {**metrics, "bucket_minutes": minutes})
    connection.register("hour_sums", hours)
    window = {"first_day": described.first_day, "last_day": described.last_day}
    unit = unit_of_points(described)
    weeks = {"unit": unit, "whole_units": ["week"]}
    growth_unit = growth_unit_of(described)
    months = {"unit": growth_unit, "whole_units": ["week", "month"]}
    since, until = last_whole_month(described)
    last_month = {
        "first_timestamp": midnight(since),
        "stop_timestamp": midnight(until + timedelta(days=1)),
    }
    found = dict.fromkeys(quality["server_type"])
    known = source.model.archetypes if source.model else found
    return Tables(
        described=described,
        model=source.model,
        archetypes=[name for name in known if name in found],
        metrics=source.metrics,
        ceilings=[high if math.isfinite(high) else None for _, high in ends.values()],
        unit=unit,
        growth_unit=growth_unit,
        headroom_since=since,
        headroom_until=until,
        utilisation=sql.run_query(connection, "report/means", window | weeks),
        marks=sql.run_query(connection, "report/marks", window),
        distribution=distribution_of(connection, bins),
        bins=bins,
        heat_map=sql.run_query(
            connection, "report/heat_map", {"by_month": described.step_minutes >= MINUTES_PER_DAY}
        ),
        effects=effects_of(source),
        growth=sql.run_query(connection, "report/means", window | months),
        headroom=sql.run_query(connection, "report/headroom", metrics | last_month),
        quality=quality,
        fleet=fleet_of(source),
    )
