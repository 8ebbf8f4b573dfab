"""A file of forecasts: which models, and which series at which timestamps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from capgen.errors import RequestError
from capgen.scores.files.moments import moments_of
from capgen.scores.files.opened import collected, open_table, role_of, schema_of
from capgen.scores.models import (
    CUTOFF,
    METRIC,
    SERVER,
    TIMESTAMP,
    Model,
    models_of,
    named_as_models,
)
from capgen.scores.panel import Panel

# As `capgen export --for nixtla --stacked` names series.
_STACKED = r"^(.+)/([^/]+)$"
KEYS = ("server_id", "timestamp", METRIC)


@dataclass(frozen=True)
class Forecasts:
    """Forecasts in the long shape: a row for each server, timestamp and metric.

    Args:
        path: of the file.
        rows: server_id, timestamp, metric (its name), and the models' columns, where what is not
            finite is null.
        models: what the columns hold.
        cutoff: the last known timestamp, if the file says it.
        notes: what was read in another way than it was written.
    """

    path: Path
    rows: pl.LazyFrame
    models: Sequence[Model]
    cutoff: datetime | None
    notes: tuple[str, ...]

    def of_servers(self, servers: Sequence[str]) -> pl.DataFrame:
        """Return the forecasts of some servers.

        Args:
            servers: their ids.

        Raises:
            CapgenError: the file cannot be read.
        """
        return self.collected(self.rows.filter(pl.col("server_id").is_in(servers)))

    def collected(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Return what a query on the file finds.

        Args:
            rows: the query.

        Raises:
            CapgenError: the file cannot be read.
        """
        return collected(rows, self.path)

    def between(self, start: datetime, stop: datetime) -> Forecasts:
        """Return the forecasts of some timestamps.

        Args:
            start: the first one.
            stop: the last one.
        """
        return replace(self, rows=self.rows.filter(pl.col("timestamp").is_between(start, stop)))


def read_forecasts(path: Path, panel: Panel, metrics: Sequence[str]) -> Forecasts:
    """Open a file of forecasts.

    Args:
        path: of Parquet or CSV.
        panel: that they are laid beside.
        metrics: names of those to score; all if there is none.

    Raises:
        RequestError: the file has no such columns.
        CapgenError: the file cannot be read.
    """
    frame = open_table(path, [*SERVER, *TIMESTAMP, METRIC, CUTOFF])
    schema = schema_of(frame, path)
    server = role_of(schema, SERVER, path)
    timestamp = role_of(schema, TIMESTAMP, path)
    moments = moments_of(frame, timestamp, schema[timestamp], path)
    numeric = [name for name, kind in schema.items() if kind.is_numeric()]
    of_panel = panel.described.schema.names()
    models = models_of(numeric, of_panel)
    texts = named_as_models([name for name in schema if name not in numeric], of_panel)
    name = pl.col(server).cast(pl.String)
    metric = _metric(frame, schema, name, panel, metrics, path)
    if metric is None:
        name, metric = _stacked(frame, name, panel, path)
    columns = [column for model in models for column in model.columns]
    rows = frame.select(
        name.alias("server_id"),
        moments.expression.alias("timestamp"),
        metric.alias(METRIC),
        *map(_finite, columns),
    )
    if metrics:
        rows = rows.filter(pl.col(METRIC).is_in(metrics))
    cutoff = _cutoff(frame, schema, path)
    notes = [] if moments.note is None else [moments.note]
    if texts:
        notes.append(f"left out: columns without numbers: {', '.join(texts)[:200]}")
    return Forecasts(path, rows, models, cutoff, tuple(notes))


def _finite(column: str) -> pl.Expr:
    value = pl.col(column).cast(pl.Float64)
    return pl.when(value.is_finite()).then(value).alias(column)


def _metric(
    frame: pl.LazyFrame,
    schema: pl.Schema,
    series: pl.Expr,
    panel: Panel,
    metrics: Sequence[str],
    path: Path,
) -> pl.Expr | None:
    """Return the metric's name of each row; none where only the names of the series may say it."""
    if METRIC in schema:
        return _named(frame, pl.col(METRIC).cast(pl.String), panel, path)
    names = metrics or list(panel.metrics)
    if len(names) == 1 and not _are_stacked(frame, series, panel, path):
        return pl.lit(names[0])
    return None


def _stacked(
    frame: pl.LazyFrame, series: pl.Expr, panel: Panel, path: Path
) -> tuple[pl.Expr, pl.Expr]:
    """Return server and metric of each row, where series have names such as `server_000/cpu`."""
    if not _are_stacked(frame, series, panel, path):
        raise RequestError(
            f"{path}: expected a column metric, or one --metric that all rows are of, got "
            f"neither; the panel has {', '.join(panel.metrics)}"
        )
    server = series.str.extract(_STACKED, 1)
    return server, _named(frame, series.str.extract(_STACKED, 2), panel, path)


def _are_stacked(frame: pl.LazyFrame, series: pl.Expr, panel: Panel, path: Path) -> bool:
    metric = series.str.extract(_STACKED, 2).fill_null("")
    known = [*panel.metrics, *panel.metrics.values()]
    asked = frame.select(metric.is_in(known).all() & (pl.len() > 0))
    return bool(collected(asked, path).item())


def _named(frame: pl.LazyFrame, metric: pl.Expr, panel: Panel, path: Path) -> pl.Expr:
    """Return the name of the metric that each row calls by its key or its column."""
    written = collected(frame.select(metric.unique()), path).to_series()
    if written.has_nulls():
        raise RequestError(f"{path}: expected a metric in every row, got rows without one")
    known = {name: panel.metric(name) for name in written.sort()}
    return metric.replace_strict(known, return_dtype=pl.String)


def _cutoff(frame: pl.LazyFrame, schema: pl.Schema, path: Path) -> datetime | None:
    if CUTOFF not in schema:
        return None
    moments = moments_of(frame, CUTOFF, schema[CUTOFF], path).expression
    found = collected(frame.select(moments.unique().sort()), path).to_series().to_list()
    if len(found) != 1 or found[0] is None:
        raise RequestError(
            f"{path}: cutoff: expected one moment, got {len(found)}; write a file for each cutoff"
        )
    moment: datetime = found[0]
    return moment
