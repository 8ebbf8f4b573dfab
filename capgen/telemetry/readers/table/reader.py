"""Reads any table, wide or long, by a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.places import MetricPlace
from capgen.telemetry.readers.reader import (
    LABEL_READINGS,
    READINGS,
    Head,
    Read,
    ReadMetric,
    described,
)
from capgen.telemetry.readers.table.clock import Clock, clock_of
from capgen.telemetry.readers.table.columns import TableColumns, columns_of
from capgen.telemetry.readers.table.own_places import places_of_columns, places_of_names
from capgen.telemetry.readers.table.projection import Projection, project
from capgen.telemetry.readers.table.table_files import TablePart, table_parts

_SAMPLE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class _Table:
    """A table whose files are open."""

    connection: sql.Connection
    mapping: Mapping
    parts: Sequence[TablePart]
    columns: TableColumns
    sample: pl.DataFrame


class Table:
    """Reads CSV, Parquet, NDJSON, or the rows of a SQL statement."""

    name = "table"
    says = "any CSV, Parquet or NDJSON, or a SQL statement, by a mapping"

    def recognise(self, head: Head) -> str | None:  # noqa: ARG002 - its mappings recognise files
        """Return None: the shipped mappings say which tables they know."""
        return None

    def read(self, connection: sql.Connection, files: Sequence[Path], mapping: Mapping) -> Read:
        """Make the views `readings` and `label_readings` of a table.

        Args:
            connection: the database, which has the table `sources`.
            files: the exports.
            mapping: what the user says of them.

        Raises:
            RequestError: the mapping does not fit the columns.
            CapgenError: a file is no table.
        """
        parts, guesses = table_parts(connection, files, mapping)
        known = list(dict.fromkeys(name for part in parts for name in part.columns))
        columns = columns_of(mapping, known)
        samples = [part.first_rows(_SAMPLE_ROWS) for part in parts]
        sample = pl.concat(samples, how="diagonal_relaxed")
        table = _Table(connection, mapping, parts, columns, sample)
        clock = clock_of(mapping.time, _times(table))
        places, left_out = _places(table)
        _check_places(mapping, places)
        others = list(_files_left_out(table, places, files))
        names_only = _has_names_only(mapping, places)
        project(connection, parts, _projection(table, places, names_only=names_only))
        parameters = {**clock.parameters, "servers": _servers(connection)}
        sql.view_query(connection, "table_rows", "load/readers/table_rows", parameters)
        _make_readings(table, places, names_only=names_only)
        return Read(
            metrics={
                str(place.name) if names_only else key: described(place, key, ReadMetric(key=key))
                for key, place in places.items()
            },
            zone=clock.zone,
            guesses=[*guesses, *columns.guesses, *_guesses_of(clock), *left_out],
            notes=others,
        )


def _files_left_out(
    table: _Table, places: dict[str, MetricPlace], files: Sequence[Path]
) -> Iterator[AccountLine]:
    """Yield what the account says of files that have no metric."""
    mapping = table.mapping
    of_metrics = {place.column for place in places.values()}
    wanted = {mapping.long.name} if mapping.shape == "long" else of_metrics
    for part in table.parts:
        if wanted.isdisjoint(part.columns):
            shown = ", ".join(repr(files[position].name) for position in part.files)
            says = f"without a column of a metric; left out: {shown[:200]}"
            yield AccountLine.of_many("files", len(part.files), "file", says)


def _has_names_only(mapping: Mapping, places: dict[str, MetricPlace]) -> bool:
    """Tell whether a metric of a long table is a name, and no more: no column or condition."""
    names = {place.name for place in places.values()}
    own = any(
        place.column or place.over or place.samples or place.where for place in places.values()
    )
    return mapping.shape == "long" and not own and len(names) == len(places)


def _projection(table: _Table, places: dict[str, MetricPlace], *, names_only: bool) -> Projection:
    joins = table.mapping.shape == "long" and not names_only
    counts = _counts(table)
    return Projection(table.mapping, table.columns, places, counts_rows=counts, numbers_rows=joins)


def _servers(connection: sql.Connection) -> list[str | None]:
    rows = connection.table("sources").order("file").project("server").fetchall()
    return [server for (server,) in rows]


def _times(table: _Table) -> list[object]:
    if table.columns.time is None:
        return []
    return table.sample[table.columns.time].drop_nulls().to_list()


def _counts(table: _Table) -> bool:
    """Tell whether rows are counted for want of a clock."""
    return table.columns.time is None


def _guesses_of(clock: Clock) -> list[AccountLine]:
    return [clock.guess] if clock.guess else []


def _places(table: _Table) -> tuple[dict[str, MetricPlace], list[AccountLine]]:
    """Return the metrics' places, and what was guessed: all metrics where none is named."""
    if table.mapping.metrics:
        return table.mapping.metrics, []
    if table.mapping.shape == "long":
        return places_of_names(table.parts, table.mapping.long.name), []
    others = table.columns.names
    columns = [column for column in table.sample.get_columns() if column.name not in others]
    return places_of_columns(table.parts, columns, table.mapping.csv.decimal)


def _check_places(mapping: Mapping, places: dict[str, MetricPlace]) -> None:
    wanted = "column" if mapping.shape == "wide" else "name"
    for key, place in places.items():
        if getattr(place, wanted) is None:
            raise RequestError(
                f"metrics.{key}: expected the {wanted} of a {mapping.shape} table, got none; "
                "shape says whether the table is wide or long"
            )
        if mapping.shape == "wide" and place.where:
            raise RequestError(
                f"metrics.{key}.where: expected a long table, got a wide one; choose rows with sql"
            )


def _make_readings(table: _Table, places: dict[str, MetricPlace], *, names_only: bool) -> None:
    if names_only:
        text = sql.query_text("load/readers/table_named")
    elif table.mapping.shape == "wide":
        repeats = [{"key": key} for key in places]
        text = sql.repeat_lines(sql.query_text("load/readers/table_wide"), repeats)
    else:
        text = sql.repeat_lines(sql.query_text("load/readers/table_long"), _long_lines(places))
        _tell_names(table.connection, places)
    table.connection.sql(text).create_view(READINGS)
    if table.columns.labels:
        lines = [{"label": label} for label in table.columns.labels]
        labels = sql.repeat_lines(sql.query_text("load/readers/table_labels"), lines)
        table.connection.sql(labels).create_view(LABEL_READINGS)


def _long_lines(places: dict[str, MetricPlace]) -> list[dict[str, str]]:
    """Return the lines of the query that single metrics need."""
    lines: list[dict[str, str]] = []
    for key, place in places.items():
        given = {
            "own": place.column,
            "device": place.over,
            "samples": place.samples,
            "where": place.where,
        }
        lines += [{line: key} for line, value in given.items() if value]
    return lines


def _tell_names(connection: sql.Connection, places: dict[str, MetricPlace]) -> None:
    table = pl.DataFrame(
        {
            "name": [place.name for place in places.values()],
            "key": list(places),
            "condition": [list(place.where.values()) for place in places.values()],
        },
        schema={"name": pl.String, "key": pl.String, "condition": pl.List(pl.String)},
    )
    connection.from_arrow(table.to_arrow()).create("names")
