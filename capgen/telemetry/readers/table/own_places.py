"""The metrics of a table where the mapping names none: all its columns, or names, with numbers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.places import MetricPlace
from capgen.telemetry.readers.reader import keys_of
from capgen.telemetry.readers.table.table_files import TablePart


def places_of_names(parts: Sequence[TablePart], name_column: str) -> dict[str, MetricPlace]:
    """Return a place for each name in a long table.

    Args:
        parts: the table's rows.
        name_column: the column with the metrics' names.
    """
    column = sql.identifier(name_column)
    found: set[str] = set()
    for part in parts:
        if name_column in part.columns:
            rows = part.relation.project(f"{column}::varchar as name").distinct().fetchall()
            found |= {name for (name,) in rows if name}
    return {key: MetricPlace(name=name) for name, key in keys_of(sorted(found)).items()}


def places_of_columns(
    parts: Sequence[TablePart], columns: Sequence[pl.Series], decimal: str
) -> tuple[dict[str, MetricPlace], list[AccountLine]]:
    """Return a place for each column with numbers in a wide table, and what is left out.

    Args:
        parts: the table's rows.
        columns: the first values of the columns that may be metrics.
        decimal: what stands before decimals in texts.

    Raises:
        RequestError: no column has numbers.
    """
    names = [column.name for column in columns if _is_numeric(parts, column, decimal)]
    others = [column.name for column in columns if column.name not in names]
    if not names:
        raise RequestError(
            f"metrics: expected columns with numbers, got none in the first rows{_such_as(columns)}"
            "; name columns under metrics, or set csv.decimal to ',' where a comma stands there"
        )
    places = {key: MetricPlace(column=name) for name, key in keys_of(names).items()}
    return places, [_left_out(others)] if others else []


def _is_numeric(parts: Sequence[TablePart], column: pl.Series, decimal: str) -> bool:
    if column.dtype.is_numeric():
        return True
    values = column.drop_nulls()
    if values.is_empty():
        return _has_numbers(parts, column.name)  # a metric may begin later than others
    if column.dtype != pl.String:
        return False
    if decimal == ",":
        values = values.str.replace_many([".", ","], ["", "."])
    return values.cast(pl.Float64, strict=False).null_count() < values.len()


def _has_numbers(parts: Sequence[TablePart], name: str) -> bool:
    condition = f"try_cast({sql.identifier(name)} as double) is not null"
    return any(
        part.relation.filter(condition).limit(1).fetchall()
        for part in parts
        if name in part.columns
    )


def _such_as(columns: Sequence[pl.Series]) -> str:
    texts = (column.drop_nulls().cast(pl.String).first() for column in columns)
    return next((f", such as {str(text)[:40]!r}" for text in texts if text is not None), "")


def _left_out(names: Sequence[str]) -> AccountLine:
    shown = ", ".join(map(repr, names))
    says = (
        f"left out {shown[:200]}: no numbers in the first rows; name them under metrics or labels"
    )
    return AccountLine(name="columns", about="", count=0, says=says)
