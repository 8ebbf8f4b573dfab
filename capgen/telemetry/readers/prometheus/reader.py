"""Reads what Prometheus answers and dumps."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError
from capgen.telemetry.readers.assembly import (
    Export,
    check_ends,
    exports_of,
    leave_labels,
    leave_readings,
    refuse_empty,
    whole_files,
)
from capgen.telemetry.readers.json_array import LARGEST_ELEMENT
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.prometheus.lists import (
    check_lists,
    cut_answer,
    list_rows,
    reason_for_json,
)
from capgen.telemetry.readers.prometheus.names import DEVICE_LABELS, is_counter, known_metric
from capgen.telemetry.readers.prometheus.text import (
    check_lines,
    declared_counters,
    parsed_series,
    reason_for_text,
)
from capgen.telemetry.readers.reader import Head, Read
from capgen.telemetry.readers.roles.choice import choose_roles
from capgen.telemetry.readers.roles.series import Series, guess, some

_PORT = re.compile(r":\d+$")


class Prometheus:
    """Answers of query_range as JSON, lists of series, and dumps of promtool as text."""

    name: ClassVar[str] = "prometheus"
    says: ClassVar[str] = (
        "Prometheus: JSON of query_range, lists of series, and text of promtool tsdb dump and "
        "dump-openmetrics"
    )

    def recognise(self, head: Head) -> str | None:
        """Return why a file looks like one of this kind; None where it does not."""
        text = head.text.lstrip()
        if text.startswith("{__name__="):
            return reason_for_text(text)
        if text.startswith(("{", "[")):
            return reason_for_json(text) or reason_for_text(text)
        return reason_for_text(text)

    def read(self, connection: sql.Connection, files: Sequence[Path], mapping: Mapping) -> Read:
        """Check the files, and make the views."""
        exports = exports_of(connection, files)
        arrays = [export for export in exports if _is_json(export)]
        lines = [export for export in exports if export not in arrays]
        check_ends(lines)
        with whole_files(exports):
            parts, notes = _parts(connection, arrays, lines)
            rows, more = _series_rows(connection, parts, arrays, lines, mapping)
        refuse_empty(exports, sum(row[-1] for row in rows))
        stems = {Path(filename).stem: Path(export.name).stem for filename, export in parts}
        series, buckets = _series(rows, stems, declared_counters(lines))
        roles = choose_roles(series, mapping, device_labels=DEVICE_LABELS)
        leave_readings(connection, parts, roles)
        leave_labels(connection, series, roles, mapping)
        guesses = [*roles.guesses, *_guesses(series, roles.rows, mapping)]
        return Read(roles.metrics, "UTC", guesses, [*notes, *more, *buckets, *roles.notes])


def _is_json(export: Export) -> bool:
    """Whether a file is JSON; lines may begin with a brace too."""
    start = export.start
    return start.startswith(("[", "{")) and reason_for_text(start) is None


def _parts(
    connection: sql.Connection, arrays: Sequence[Export], lines: Sequence[Export]
) -> tuple[list[tuple[str, Export]], list[AccountLine]]:
    """Return what DuckDB reads for each export, with the warnings of answers."""
    parts = [(export.filename, export) for export in lines]
    notes: list[AccountLine] = []
    for export in arrays:
        if export.start.startswith("["):
            parts.append((export.filename, export))
            continue
        filename, warnings = cut_answer(connection, export)
        notes += warnings
        parts.append((filename, export))
    return parts, notes


def _series_rows(
    connection: sql.Connection,
    parts: Sequence[tuple[str, Export]],
    arrays: Sequence[Export],
    lines: Sequence[Export],
    mapping: Mapping,
) -> tuple[list[Any], list[AccountLine]]:
    """Make the view of samples; return a row for each series and file."""
    unit = mapping.time.unit
    found: list[Any] = []
    notes: list[AccountLine] = []
    if arrays:
        names = [filename for filename, export in parts if export in arrays]
        found = list_rows(connection, names, LARGEST_ELEMENT)
        notes = check_lists(found, arrays)
        parameters = {"files": names, "unit": unit, "largest": LARGEST_ELEMENT}
        _view(connection, "list_samples", "load/readers/prometheus/arrays", parameters)
    if lines:
        parameters = {"files": [export.filename for export in lines], "unit": unit}
        _view(connection, "line_samples", "load/readers/prometheus/lines", parameters)
        sql.view_query(connection, "line_series", "load/readers/prometheus/line_series")
        connection.view("line_series").create("counted")
        check_lines(connection, lines)
        found += connection.table("counted").fetchall()
    _join_samples(connection, arrays=bool(arrays), lines=bool(lines))
    return found, notes


def _view(connection: sql.Connection, name: str, query: str, parameters: dict[str, Any]) -> None:
    sql.view_query(connection, name, query, parameters)


def _join_samples(connection: sql.Connection, *, arrays: bool, lines: bool) -> None:
    views = [connection.view("list_samples")] if arrays else []
    views += [connection.view("line_samples")] if lines else []
    samples = views[0] if len(views) == 1 else views[0].union(views[1])
    samples.create_view("samples")


def _series(
    rows: Sequence[Any], stems: dict[str, str], declared: set[str]
) -> tuple[list[Series], list[AccountLine]]:
    """Return the series, and a note of the samples of histograms that are left out."""
    names: dict[str, tuple[str, dict[str, str]]] = {row[0]: _named(row[0], stems) for row in rows}
    all_names = {name for name, _ in names.values()}
    buckets = {one for one, (name, labels) in names.items() if _is_bucket(name, labels)}
    left = sum(row[-1] for row in rows if row[0] in buckets)
    says = "of histograms (_bucket), counts of other samples; left out"
    notes = [AccountLine.of_many("histograms", left, "sample", says)] if left else []
    series = [
        Series(
            id=one,
            name=name,
            labels=labels,
            known=known_metric(name, counter=is_counter(name, declared, all_names)),
        )
        for one, (name, labels) in names.items()
        if one not in buckets
    ]
    return series, notes


def _is_bucket(name: str, labels: dict[str, str]) -> bool:
    return name.endswith("_bucket") and "le" in labels


def _named(identity: str, stems: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the name and labels of a series, in either of its forms.

    Args:
        identity: labels as JSON, after the file's stem where they have no name, or as text.
        stems: of files, by those of the names that DuckDB has.
    """
    stem, brace, rest = identity.partition('{"')
    if not identity.startswith("{__name__=") and brace:
        try:
            labels = {str(key): str(value) for key, value in json.loads(brace + rest).items()}
        except ValueError:
            pass
        else:
            return labels.pop("__name__", stems.get(stem, stem)), labels
    found = parsed_series(identity)
    if found is None:
        raise CapgenError(f"expected a series with labels, got {identity[:60]!r}")
    return found


def _guesses(
    series: Sequence[Series],
    rows: Sequence[tuple[str, str, str | None, str | None]],
    mapping: Mapping,
) -> list[AccountLine]:
    lines = [
        guess(
            "statistic",
            "",
            "values are taken as samples (raw), as scrapes are; for a query with avg_over_time, "
            "rate and the like say statistic: mean",
        )
    ]
    counters = sorted({one.name for one in series if one.known.kind == "counter"})
    says = "taken as counters, which become rates: names or TYPE say so; set it with kind"
    lines += [guess("kind", some(counters), says)] if counters else []
    if mapping.server.strip is None and any(_PORT.search(row[2] or "") for row in rows):
        says = "names of servers end with a port, which is kept; server: {strip: ':\\d+$'} cuts it"
        lines.append(guess("server", "", says))
    return lines
