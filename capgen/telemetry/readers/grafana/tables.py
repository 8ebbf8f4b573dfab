"""The tables behind the readings: rows of files, and what their columns are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import polars as pl

from capgen import sql
from capgen.telemetry.readers.assembly import (
    Export,
)
from capgen.telemetry.readers.grafana.form import Form
from capgen.telemetry.readers.grafana.layout import Layout, Profile, Stamps, is_day_first, layout_of
from capgen.telemetry.readers.mapping import Mapping

FOLDER: Final = "load/readers/grafana"
_TIMES: Final = {"filename": pl.String, "time_column": pl.Int32, "time_name": pl.String}
_LAYOUTS: Final = {
    **_TIMES,
    "label_columns": pl.List(pl.Int32),
    "value_columns": pl.List(pl.Int32),
    "decimal": pl.String,
    "day_first": pl.Boolean,
}


def make_rows(connection: sql.Connection, forms: dict[str, Form]) -> None:
    """Make the view of the rows of all files."""
    rows: Any = None
    for number, (filename, form) in enumerate(forms.items()):
        parameters = {
            "file": filename,
            "delimiter": form.delimiter,
            "encoding": form.encoding,
            "skip": form.skip,
            "columns": {f"c{column}": "VARCHAR" for column in range(len(form.header))},
        }
        name = f"grafana_rows_{number}"
        sql.view_query(connection, name, f"{FOLDER}/rows", parameters)
        part = connection.view(name)
        rows = part if rows is None else rows.union(part)
    rows.create_view("grafana_rows")


def layouts_of(
    connection: sql.Connection, exports: Sequence[Export], forms: dict[str, Form], mapping: Mapping
) -> dict[str, Layout]:
    """Return what the columns of each file are."""
    profiles: dict[str, dict[int, Profile]] = defaultdict(dict)
    for filename, column, *counts in _rows(connection, "profile"):
        profiles[filename][column] = Profile(*counts)
    return {
        export.filename: layout_of(
            export, forms[export.filename], profiles[export.filename], mapping
        )
        for export in exports
    }


def stamps_of(connection: sql.Connection, layouts: dict[str, Layout]) -> dict[str, Stamps]:
    """Return the forms of the stamps, by file."""
    times = [
        (filename, layout.time, layout.form.header[layout.time - 1])
        for filename, layout in layouts.items()
    ]
    _create(connection, "grafana_times", times, _TIMES)
    return {filename: Stamps(*counts) for filename, *counts in _rows(connection, "stamps")}


def lay_out(
    connection: sql.Connection,
    layouts: dict[str, Layout],
    stamps: dict[str, Stamps],
    mapping: Mapping,
) -> None:
    """Make the table of layouts."""
    rows = [
        (
            *(filename, layout.time, layout.form.header[layout.time - 1]),
            *(list(layout.labels), list(layout.values), layout.decimal),
            is_day_first(layout.export, stamps[filename], mapping),
        )
        for filename, layout in layouts.items()
        if filename in stamps
    ]
    _create(connection, "grafana_layouts", rows, _LAYOUTS)


def clocks_of(stamps: Iterable[Stamps]) -> set[bool]:
    """Return whether stamps are in UTC."""
    clocks: set[bool] = set()
    for found in stamps:
        in_utc = found.numbers + found.zoned
        clocks |= {True} if in_utc else set()
        clocks |= {False} if in_utc < found.total else set()
    return clocks


def _rows(connection: sql.Connection, query: str) -> list[Any]:
    return connection.sql(sql.query_text(f"{FOLDER}/{query}")).fetchall()


def _create(
    connection: sql.Connection, name: str, rows: Sequence[object], schema: dict[str, Any]
) -> None:
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    connection.from_arrow(frame.to_arrow()).create(name)
