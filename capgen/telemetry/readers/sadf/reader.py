"""Reads what sadf makes of sar's files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.telemetry.readers.assembly import (
    exports_of,
    leave_labels,
    leave_readings,
    refuse_empty,
    whole_files,
    zone_of,
)
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.reader import Head, Read
from capgen.telemetry.readers.roles.choice import choose_roles
from capgen.telemetry.readers.roles.series import Series, guess
from capgen.telemetry.readers.sadf.documents import cut_documents, read_documents
from capgen.telemetry.readers.sadf.names import OF_ALL, series_of
from capgen.telemetry.readers.sadf.rows import HEADER, read_rows

_UTC = "UTC"


class Sadf:
    """Rows and JSON of sadf."""

    name: ClassVar[str] = "sadf"
    says: ClassVar[str] = "sysstat's sadf: rows (-d) and JSON (-j)"

    def recognise(self, head: Head) -> str | None:
        """Return why a file looks like one of this kind; None where it does not."""
        text = head.text.lstrip()
        if HEADER.match(text):
            return "a header of sadf -d: hostname;interval;timestamp"
        if text.startswith("{") and re.match(r'\{\s*"sysstat"\s*:', text):
            return "a JSON document of sadf -j, with the key sysstat"
        return None

    def read(self, connection: sql.Connection, files: Sequence[Path], mapping: Mapping) -> Read:
        """Check the files, and make the views."""
        exports = exports_of(connection, files)
        documents = [export for export in exports if export.start.startswith("{")]
        tables = [export for export in exports if export not in documents]
        notes: list[AccountLine] = []
        parts = [(export.filename, export) for export in tables]
        clocks: set[bool] = set()
        with whole_files(exports):
            if tables:
                clocks |= read_rows(connection, tables, notes)
            if documents:
                cut = cut_documents(connection, documents, notes)
                parts += cut
                clocks |= read_documents(connection, cut)
            rows = _join_samples(connection, rows=bool(tables), documents=bool(documents))
        refuse_empty(exports, sum(count for _, count in rows))
        series = _chosen(series_of(identity for identity, _ in rows), mapping, notes)
        roles = choose_roles(
            series,
            mapping,
            device_labels={name for one in series for name in one.labels} - {"host"},
            own_label="host",
        )
        leave_readings(connection, parts, roles)
        leave_labels(connection, series, roles, mapping)
        zone, guesses = zone_of(clocks, mapping, "stamps do not say their zone (sadf -t or -T)")
        return Read(
            roles.metrics, zone, [*guesses, *roles.guesses, _statistics()], [*notes, *roles.notes]
        )


def _join_samples(
    connection: sql.Connection, *, rows: bool, documents: bool
) -> list[tuple[str, int]]:
    """Make the view of all samples; return how many each series has."""
    names = ["sadf_row_samples"] * rows + ["sadf_element_samples"] * documents
    first, *rest = [connection.view(name) for name in names]
    for other in rest:
        first = first.union(other)
    first.create_view("samples")
    counted = connection.view("samples").aggregate("id, count(*)", "id").order("id")
    return [(str(identity), int(count)) for identity, count in counted.fetchall()]


def _chosen(series: Sequence[Series], mapping: Mapping, notes: list[AccountLine]) -> list[Series]:
    """Take the rows of all CPUs or the single ones: together they would count twice."""
    labels = {name for place in mapping.metrics.values() for name in (*place.over, *place.where)}
    with_all = {_activity(one) for one in series if _is_all(one)}
    with_both = {_activity(one) for one in series if not _is_all(one)} & with_all
    chosen = [
        one
        for one in series
        if _activity(one) not in with_both
        or _is_all(one) != bool(labels & set(_items(one)))
        or _is_asked(one, mapping)
    ]
    left = len(series) - len(chosen)
    if left:
        says = "series of single CPUs, or of all, left out: the others say the same"
        notes.append(AccountLine(name="cpus", about="", count=left, says=says))
    return chosen


def _is_all(one: Series) -> bool:
    return bool(OF_ALL & set(_items(one).values()))


def _items(one: Series) -> dict[str, str]:
    return {name: value for name, value in one.labels.items() if name != "host"}


def _activity(one: Series) -> tuple[str, str]:
    return one.labels["host"], one.name


def _is_asked(one: Series, mapping: Mapping) -> bool:
    """Whether the mapping names this device."""
    return any(
        one.labels.get(name) == value
        for place in mapping.metrics.values()
        for name, value in place.where.items()
    )


def _statistics() -> AccountLine:
    says = (
        "rates and shares of time are means over sar's interval; sizes and loads are samples (raw)"
    )
    return guess("statistic", "", says)
