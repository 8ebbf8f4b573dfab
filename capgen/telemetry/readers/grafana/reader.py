"""Reads the CSV that Grafana's panel inspector saves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError, RequestError
from capgen.telemetry.readers.assembly import (
    Export,
    check_ends,
    exports_of,
    leave_labels,
    leave_readings,
    refuse_empty,
    whole_files,
    zone_of,
)
from capgen.telemetry.readers.grafana.form import Form, form_of
from capgen.telemetry.readers.grafana.headers import HEADER, series_of
from capgen.telemetry.readers.grafana.layout import Layout, Stamps
from capgen.telemetry.readers.grafana.tables import (
    FOLDER,
    clocks_of,
    lay_out,
    layouts_of,
    make_rows,
    stamps_of,
)
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.mapping_types import AUTO
from capgen.telemetry.readers.prometheus.names import DEVICE_LABELS
from capgen.telemetry.readers.reader import HEAD_BYTES, Head, Read
from capgen.telemetry.readers.roles.choice import SERVER_LABELS, choose_roles
from capgen.telemetry.readers.roles.series import Series, guess

_LABELLED = re.compile(r"[^{]*\{[^{}]*=\"")


class Grafana:
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
        check_ends(exports)
        forms = {export.filename: _form(export, mapping) for export in exports}
        with whole_files(exports):
            make_rows(connection, forms)
            layouts = layouts_of(connection, exports, forms, mapping)
            stamps = stamps_of(connection, layouts)
            lay_out(connection, layouts, stamps, mapping)
            counts = _samples(connection, mapping)
        refuse_empty(exports, sum(counts.values()))
        series, factors = series_of(list(counts), layouts, mapping)
        _check_servers(series, mapping)
        roles = choose_roles(series, mapping, device_labels=DEVICE_LABELS)
        parts = [(export.filename, export) for export in exports]
        leave_readings(connection, parts, roles, factors)
        leave_labels(connection, series, roles, mapping)
        zone, guesses = zone_of(
            clocks_of(stamps.values()), mapping, "the file has the browser's local time"
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


def _notes(layouts: dict[str, Layout], stamps: dict[str, Stamps]) -> list[AccountLine]:
    says = "repeated between the series of a file; left out"
    return [
        AccountLine.of_many("headers", found.headers, "header", says, layouts[name].export.name)
        for name, found in stamps.items()
        if found.headers
    ]


def _samples(connection: sql.Connection, mapping: Mapping) -> dict[str, int]:
    """Make the view of samples; return how many each series has."""
    sql.view_query(connection, "grafana_cells", f"{FOLDER}/cells")
    parameters = {"format": mapping.time.format, "unit": mapping.time.unit}
    sql.view_query(connection, "samples", f"{FOLDER}/samples", parameters)
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
