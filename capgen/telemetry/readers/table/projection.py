"""Gives a table's columns the names by which the queries know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from capgen import sql
from capgen.telemetry.readers import mapping as mappings
from capgen.telemetry.readers.places import MetricPlace
from capgen.telemetry.readers.table.columns import TableColumns
from capgen.telemetry.readers.table.table_files import TablePart

_TEXT = "VARCHAR"


@dataclass(frozen=True, slots=True)
class Projection:
    """What a table's columns are for.

    Args:
        mapping: what the user says.
        columns: the columns that are not metrics.
        places: the metrics, by key.
        counts_rows: whether the number of a row, in its file or of its server, stands for its time.
        numbers_rows: whether rows are numbered here, because they do not stay in their order.
    """

    mapping: mappings.Mapping
    columns: TableColumns
    places: Mapping[str, MetricPlace]
    counts_rows: bool
    numbers_rows: bool


def project(connection: sql.Connection, parts: Sequence[TablePart], projection: Projection) -> None:
    """Make the view `table_columns`, with file, position, server, time, and columns of metrics.

    Args:
        connection: the database.
        parts: the table's rows.
        projection: what the columns are for.
    """
    chosen = [part.relation.project(_names(part, projection)) for part in parts]
    rows = chosen[0]
    for more in chosen[1:]:
        rows = rows.union(more)
    if projection.counts_rows:
        rows.create_view("uncounted_columns")
        by_server = "_by_server" if projection.columns.server else ""
        rows = connection.sql(sql.query_text(f"load/readers/table_counted{by_server}"))
    rows.create_view("table_columns")


def _names(part: TablePart, projection: Projection) -> str:
    """Return the projection of a part as SQL; it consists of quoted names and whole numbers."""
    numbers = ", ".join(map(str, part.files))
    file = (
        "file_index"
        if part.files == tuple(range(len(part.files)))
        else (f"[{numbers}][file_index::bigint + 1]")
    )
    columns = projection.columns
    server = f"{_quoted(part, columns.server)}::varchar"
    numbers_rows = projection.numbers_rows or projection.counts_rows
    position = "row_number() over ()" if numbers_rows else "null::bigint"
    time = "null::varchar" if projection.counts_rows else _quoted(part, columns.time)
    texts = [
        f"{file}::integer as file",
        f"{position} as position",
        f"{server} as server",
        f"{time} as time",
        *_labels(part, columns),
        *_metrics(part, projection),
    ]
    return ", ".join(texts)


def _labels(part: TablePart, columns: TableColumns) -> Iterator[str]:
    for label, column in columns.labels.items():
        yield f"{_quoted(part, column)}::varchar as {sql.identifier(f'{label}.label')}"


def _metrics(part: TablePart, projection: Projection) -> Iterator[str]:
    decimal = projection.mapping.csv.decimal
    is_long = projection.mapping.shape == "long"
    if is_long:
        yield f"{_quoted(part, projection.mapping.long.name)}::varchar as name"
        yield from _values(part, projection.mapping.long.value, decimal, "")
    for key, place in projection.places.items():
        if place.column or not is_long:
            yield from _values(part, place.column, decimal, f"{key}.")
            name = f"'{key}'" if place.column in part.columns else "null"
            yield f"{name}::varchar as {sql.identifier(f'{key}.id')}"
        device = next(iter(place.over), None)
        conditions = ", ".join(f"{_quoted(part, name)}::varchar" for name in place.where)
        yield f"{_quoted(part, device)}::varchar as {sql.identifier(f'{key}.device')}"
        samples = f"try_cast({_quoted(part, place.samples)} as bigint)"
        yield f"{samples} as {sql.identifier(f'{key}.n')}"
        yield f"[{conditions}]::varchar[] as {sql.identifier(f'{key}.where')}"


def _values(part: TablePart, column: str | None, decimal: str, start: str) -> Iterator[str]:
    """Yield a column's values as numbers, and the texts that are none."""
    name = _quoted(part, column)
    is_text = column in part.columns and part.types[part.columns.index(column)] == _TEXT
    text = f"replace(replace({name}, '.', ''), ',', '.')" if decimal == "," else name
    value = f"try_cast({text} as double)" if is_text else f"try_cast({name} as double)"
    reading = f"if({value} is null, {name}, null)" if is_text else "null::varchar"
    yield f"{value} as {sql.identifier(f'{start}value')}"
    yield f"{reading} as {sql.identifier(f'{start}text')}"


def _quoted(part: TablePart, column: str | None) -> str:
    """Return a column's name for SQL; null where these files do not have it."""
    return "null" if column is None or column not in part.columns else sql.identifier(column)
