"""Reads the CSV that Grafana's panel inspector saves."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import polars as pl

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError, RequestError
from capgen.telemetry.readers.assembly import (
    Export,
    exports_of,
    leave_labels,
    leave_readings,
    refuse_empty,
    whole_files,
    zone_of,
)
from capgen.telemetry.readers.grafana.form import Form, form_of
from capgen.telemetry.readers.grafana.headers import HEADER, series_of
from capgen.telemetry.readers.grafana.layout import Layout, Profile, Stamps, is_day_first, layout_of
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.mapping_types import AUTO
from capgen.telemetry.readers.prometheus.names import DEVICE_LABELS
from capgen.telemetry.readers.reader import HEAD_BYTES, Head, Read
from capgen.telemetry.readers.roles.choice import SERVER_LABELS, choose_roles
from capgen.telemetry.readers.roles.series import Series, guess

_FOLDER: Final = "load/readers/grafana"
_LABELLED = re.compile(r"[^{]*\{[^{}]*=\"")
_TIMES: Final = {"filename": pl.String, "time_column": pl.Int32, "time_name": pl.String}
_LAYOUTS: Final = {
    **_TIMES,
    "label_columns": pl.List(pl.Int32),
    "value_columns": pl.List(pl.Int32),
    "decimal": pl.String,
    "day_first": pl.Boolean,
}


class GrafanaReader:
    """CSV files of the panel inspector."""

    name: ClassVar[str] = "grafana"
    says: ClassVar[str] = "Grafana: CSV of a panel's inspector, wide or long"

    def recognise(self, head: Head) -> str | None:
        """Return why a file looks like one of this kind; None where it does not."""
        form = form_of(head.start, None)
        if form is None or form.time_column(None) != 1:
            return None
        if any(_LABELLED.match(name) for name in form.header[1:]):
            return "CSV with the column Time and series with labels in braces"
        is_quoted = re.match(rb'(\xef\xbb\xbf)?(sep=.\r?\n)?"Time"', head.start) is not None
        if form.header[0] == "Time" and (form.skip or is_quoted or form.encoding == "utf-16"):
            return "CSV with the column Time first, as the panel inspector saves it"
        return None

    def read(self, connection: sql.Connection, files: Sequence[Path], mapping: Mapping) -> Read:
        """Check the files, and make the views."""
        exports = exports_of(connection, files)
        forms = {export.filename: _form(export, mapping) for export in exports}
        with whole_files(exports):
            _make_rows(connection, forms)
            layouts = _layouts(connection, exports, forms, mapping)
            stamps = _stamps(connection, layouts)
            _lay_out(connection, layouts, stamps, mapping)
            counts = _samples(connection, mapping)
        refuse_empty(exports, sum(counts.values()))
        series, factors = series_of(list(counts), layouts, mapping)
        _check_servers(series, mapping)
        roles = choose_roles(series, mapping, device_labels=DEVICE_LABELS)
        parts = [(export.filename, export) for export in exports]
        leave_readings(connection, parts, roles, factors)
        leave_labels(connection, series, roles, mapping)
        zone, guesses = zone_of(
            _clocks(stamps.values()), mapping, "the file has the browser's local time"
        )
        guesses = [*guesses, *_guesses(list(layouts.values()), factors), *roles.guesses]
        return Read(roles.metrics, zone, guesses, [*_notes(layouts, stamps), *roles.notes])


def _form(export: Export, mapping: Mapping) -> Form:
    delimiter = None if mapping.csv.delimiter == AUTO else mapping.csv.delimiter
    with export.opened() as file:
        form = form_of(file.read(HEAD_BYTES), delimiter)
    if form is None:
        raise CapgenError(
            f"{export.name}: expected CSV with a header and at least two columns, got "
            f"{export.start[:60]!r}; save it with Inspect, Data, Download CSV"
        )
    return form


def _make_rows(connection: sql.Connection, forms: dict[str, Form]) -> None:
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
        sql.view_query(connection, name, f"{_FOLDER}/rows", parameters)
        part = connection.view(name)
        rows = part if rows is None else rows.union(part)
    rows.create_view("grafana_rows")


def _layouts(
    connection: sql.Connection, exports: Sequence[Export], forms: dict[str, Form], mapping: Mapping
) -> dict[str, Layout]:
    profiles: dict[str, dict[int, Profile]] = defaultdict(dict)
    for filename, column, *counts in _rows(connection, "profile"):
        profiles[filename][column] = Profile(*counts)
    return {
        export.filename: layout_of(
            export, forms[export.filename], profiles[export.filename], mapping
        )
        for export in exports
    }


def _stamps(connection: sql.Connection, layouts: dict[str, Layout]) -> dict[str, Stamps]:
    """Return the forms of the stamps, by file."""
    times = [
        (filename, layout.time, layout.form.header[layout.time - 1])
        for filename, layout in layouts.items()
    ]
    _create(connection, "grafana_times", times, _TIMES)
    return {filename: Stamps(*counts) for filename, *counts in _rows(connection, "stamps")}


def _lay_out(
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


def _clocks(stamps: Iterable[Stamps]) -> set[bool]:
    """Return whether stamps are in UTC."""
    clocks: set[bool] = set()
    for found in stamps:
        in_utc = found.numbers + found.zoned
        clocks |= {True} if in_utc else set()
        clocks |= {False} if in_utc < found.total else set()
    return clocks


def _notes(layouts: dict[str, Layout], stamps: dict[str, Stamps]) -> list[AccountLine]:
    says = "headers again, between the series of a file; left out"
    return [
        AccountLine(name="headers", about=layouts[name].export.name, count=found.headers, says=says)
        for name, found in stamps.items()
        if found.headers
    ]


def _rows(connection: sql.Connection, query: str) -> list[Any]:
    return connection.sql(sql.query_text(f"{_FOLDER}/{query}")).fetchall()


def _create(
    connection: sql.Connection, name: str, rows: Sequence[object], schema: dict[str, Any]
) -> None:
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    connection.from_arrow(frame.to_arrow()).create(name)


def _samples(connection: sql.Connection, mapping: Mapping) -> dict[str, int]:
    """Make the view of samples; return how many each series has."""
    sql.view_query(connection, "grafana_cells", f"{_FOLDER}/cells")
    parameters = {"format": mapping.time.format, "unit": mapping.time.unit}
    sql.view_query(connection, "samples", f"{_FOLDER}/samples", parameters)
    counted = connection.view("samples").aggregate("id, count(*)", "id").order("id")
    return {str(identity): int(count) for identity, count in counted.fetchall()}


def _check_servers(series: Sequence[Series], mapping: Mapping) -> None:
    labels = {name for one in series for name in one.labels}
    if mapping.server.chosen("file", "value", "column") or labels & set(SERVER_LABELS):
        return
    raise RequestError(
        f"server: expected a label that names it ({', '.join(SERVER_LABELS)}), got columns such as "
        f"{series[0].name!r}; is this a server or a metric? Say server: {{column: {HEADER}}} where "
        f"columns are servers, else {{value: NAME}}, {{file: PATTERN}} or {{column: LABEL}}"
    )


def _guesses(layouts: Sequence[Layout], factors: dict[str, float]) -> list[AccountLine]:
    lines = [
        guess(
            "statistic",
            "",
            "values are taken as samples (raw); for a panel whose query makes means say "
            "statistic: mean",
        )
    ]
    for layout in layouts:
        if layout.is_comma_guessed:
            says = "the comma is taken as the decimal sign, for ';' stands between values"
            lines.append(guess("decimal", layout.export.name, says))
    if any(factor != 1 for factor in factors.values()):
        says = (
            "values with units inside are rounded by Grafana; for all digits export without "
            "Formatted data"
        )
        lines.append(guess("rounded", "", says))
    return lines
