"""Reads what the CloudWatch command line answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

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
)
from capgen.telemetry.readers.cloudwatch.found import (
    check_statistics,
    guesses_of,
    series_of_points,
    series_of_results,
)
from capgen.telemetry.readers.json_array import LARGEST_ELEMENT, cut_array
from capgen.telemetry.readers.mapping import Mapping
from capgen.telemetry.readers.reader import Head, Read
from capgen.telemetry.readers.roles.choice import choose_roles
from capgen.telemetry.readers.roles.series import Series

_POINTS: Final = "Datapoints"
_RESULTS: Final = "MetricDataResults"
_KEY = re.compile(rf'"({_POINTS}|{_RESULTS})"\s*:')
_FOLDER: Final = "load/readers/cloudwatch"


class CloudWatch:
    """Answers of get-metric-statistics and get-metric-data as JSON."""

    name: ClassVar[str] = "cloudwatch"
    says: ClassVar[str] = "CloudWatch: JSON of get-metric-statistics and get-metric-data"

    def recognise(self, head: Head) -> str | None:
        """Return why a file looks like one of this kind; None where it does not."""
        text = head.text.lstrip()
        found = _KEY.search(text) if text.startswith("{") else None
        return f"a JSON answer with the key {found[1]}" if found else None

    def read(self, connection: sql.Connection, files: Sequence[Path], mapping: Mapping) -> Read:
        """Check the files, and make the views."""
        exports = exports_of(connection, files)
        notes: list[AccountLine] = []
        with whole_files(exports):
            parts, labels = _cut(connection, exports, notes)
            results = [filename for filename, label in labels.items() if label is None]
            points = [filename for filename, label in labels.items() if label is not None]
            counts = _samples(connection, points, results)
            if results:
                notes += _states(connection, dict(parts))
        refuse_empty(exports, sum(counts.values()))
        told = {filename: label or "" for filename, label in labels.items()}
        series = [
            *series_of_points([one for one in counts if _file(one) in points], dict(parts), told),
            *series_of_results(
                [one for one in counts if _file(one) in results], dict(parts), mapping
            ),
        ]
        _check_servers(series, mapping)
        roles = choose_roles(series, mapping, device_labels=frozenset(), own_label="server")
        check_statistics(series, roles, mapping)
        leave_readings(connection, parts, roles)
        leave_labels(connection, series, roles, mapping)
        guesses = [*guesses_of(series, mapping), *roles.guesses]
        return Read(roles.metrics, "UTC", guesses, [*notes, *roles.notes])


def _file(identity: str) -> str:
    return identity.partition("\x1f")[0]


def _cut(
    connection: sql.Connection, exports: Sequence[Export], notes: list[AccountLine]
) -> tuple[list[tuple[str, Export]], dict[str, str | None]]:
    """Cut the answers; return their files, and their labels, which only data points have."""
    parts: list[tuple[str, Export]] = []
    labels: dict[str, str | None] = {}
    for export in exports:
        found = _KEY.search(export.start)
        if found is None:
            raise CapgenError(
                f"{export.name}: expected {_POINTS} or {_RESULTS}, got {export.start[:60]!r}; "
                f"export it with aws cloudwatch get-metric-data --output json"
            )
        cut = cut_array(connection, export, found[1])
        parts.append((cut.filename, export))
        is_points = found[1] == _POINTS
        labels[cut.filename] = str(cut.rest.get("Label") or "") if is_points else None
        notes += _notes(cut.rest, export)
    return parts, labels


def _notes(answer: dict[str, Any], export: Export) -> list[AccountLine]:
    lines: list[AccountLine] = []
    if answer.get("NextToken"):
        says = "that goes on (NextToken); what further pages hold is not here"
        lines.append(AccountLine.of_many("pages", 1, "answer", says, export.name))
    for message in answer.get("Messages") or []:
        said = message.get("Value") if isinstance(message, dict) else message
        lines.append(_message(str(said), export.name))
    return lines


def _message(text: str, name: str) -> AccountLine:
    return AccountLine.of_many("message", 1, "message", f"of the service: {text[:200]}", name)


def _samples(
    connection: sql.Connection, points: Sequence[str], results: Sequence[str]
) -> dict[str, int]:
    """Make the view of samples; return how many each series has."""
    views: list[Any] = []
    if points:
        parameters = {"files": list(points), "largest": LARGEST_ELEMENT}
        sql.view_query(connection, "cloudwatch_points", f"{_FOLDER}/datapoints", parameters)
        views.append(connection.view("cloudwatch_points"))
    if results:
        parameters = {"files": list(results), "largest": LARGEST_ELEMENT}
        sql.view_query(connection, "cloudwatch_results", f"{_FOLDER}/results", parameters)
        sql.view_query(connection, "cloudwatch_samples", f"{_FOLDER}/result_samples")
        views.append(connection.view("cloudwatch_samples"))
    samples = views[0] if len(views) == 1 else views[0].union(views[1])
    samples.create_view("samples")
    counted = samples.aggregate("id, count(*)", "id").order("id")
    return {str(identity): int(count) for identity, count in counted.fetchall()}


def _states(connection: sql.Connection, exports: dict[str, Export]) -> list[AccountLine]:
    """Note results that are not complete; refuse stamps without values."""
    lines: list[AccountLine] = []
    rows = connection.sql(sql.query_text(f"{_FOLDER}/result_states")).fetchall()
    for filename, status, message, count, uneven in rows:
        name = exports[filename].name
        if uneven:
            raise CapgenError(f"{name}: expected as many Values as Timestamps, got others")
        if status not in {"", "Complete"}:
            says = f"with the status {status}: values may be missing"
            lines.append(AccountLine.of_many("incomplete", count, "result", says, name))
        if message:
            lines.append(_message(message, name))
    return lines


def _check_servers(series: Sequence[Series], mapping: Mapping) -> None:
    if mapping.server.chosen("file", "value", "column"):
        return
    nameless = [one.name for one in series if "server" not in one.labels]
    if nameless:
        raise RequestError(
            f"server: expected its name in the label or the file's name of {nameless[0]!r}, got "
            f"none; whose metric is it? Say server: {{file: '(.+)_CPUUtilization\\.json'}}, "
            f"{{value: NAME}} or {{column: Label}} in a mapping"
        )
