"""Puts readings together: the exports of a load, the roles of series, and the view of both."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import polars as pl

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError, RequestError
from capgen.telemetry.readers.mapping import Mapping as ExportMapping
from capgen.telemetry.readers.reader import LABEL_READINGS, READINGS
from capgen.telemetry.readers.roles.series import Roles, Series, guess

_ROLES = {
    "id": pl.String,
    "series": pl.String,
    "server": pl.String,
    "device": pl.String,
    "factor": pl.Float64,
}
_PARTS = {"filename": pl.String, "file": pl.Int32, "server": pl.String}
_LABELS = {"server": pl.String, "label": pl.String, "value": pl.String}
_LONGEST_REASON = 200
_UTC = "UTC"
_END_BYTES = 4  # enough for line ends in UTF-16
_FOLDERS = re.compile(r"[^\s\"]*/")
START_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Export:
    """One of the files to read.

    Args:
        file: its position among all.
        filename: as DuckDB names it.
        name: without folders.
        server: from its name or the mapping; None where neither says it.
        path: where it lies.
    """

    file: int
    filename: str
    name: str
    server: str | None
    path: Path

    @property
    def start(self) -> str:
        """The first characters, without a byte order mark."""
        with self.opened() as file:
            return file.read(START_BYTES).decode("utf-8-sig", errors="replace").lstrip()

    def opened(self) -> IO[bytes]:
        """Open the file's content, compressed or not."""
        if self.path.suffix == ".gz":
            return cast("IO[bytes]", gzip.open(self.path))
        return self.path.open("rb")


def exports_of(connection: sql.Connection, files: Sequence[Path]) -> list[Export]:
    """Return the exports of a load, in their order."""
    rows = connection.table("sources").project("file, filename, name, server").order("file")
    return [
        Export(file, filename, name, server, files[file])
        for file, filename, name, server in rows.fetchall()
    ]


def leave_readings(
    connection: sql.Connection,
    parts: Iterable[tuple[str, Export]],
    roles: Roles,
    factors: Mapping[str, float] | None = None,
) -> None:
    """Make the view of readings out of the view `samples`.

    Args:
        connection: an open database with `samples` (filename, position, id, moment, reading).
        parts: the file names in `samples`, and which source each is, or is a part of.
        roles: what the series are, by id.
        factors: numbers that values are multiplied by, by id.
    """
    scale = factors or {}
    rows = sorted((*row, scale.get(row[0])) for row in set(roles.rows))
    _table(connection, "roles", rows, _ROLES)
    places = [(filename, export.file, export.server) for filename, export in parts]
    _table(connection, "parts", places, _PARTS)
    sql.view_query(connection, READINGS, "load/readers/readings")


def leave_labels(
    connection: sql.Connection, series: Sequence[Series], roles: Roles, mapping: ExportMapping
) -> None:
    """Make the view of the servers' labels, where the mapping takes some from the series.

    Raises:
        RequestError: no series has such a label, or the server is not a label itself.
    """
    wanted = {name: place.column for name, place in mapping.labels.items() if place.column}
    if not wanted:
        return
    servers = {identity: server for identity, _, server, _ in roles.rows}
    found = {
        (servers[one.id], name, one.labels[label])
        for one in series
        for name, label in wanted.items()
        if label in one.labels and servers.get(one.id) is not None
    }
    for name in wanted.keys() - {name for _, name, _ in found}:
        raise RequestError(
            f"labels.{name}.column: expected a label of series that name their server, got "
            f"{wanted[name]!r}, which none has; say {name}: {{file: PATTERN}} or {{value: TEXT}}"
        )
    _table(connection, LABEL_READINGS, sorted(found, key=str), _LABELS)


def _table(
    connection: sql.Connection, name: str, rows: Sequence[object], schema: Mapping[str, object]
) -> None:
    frame = pl.DataFrame(rows, schema=dict(schema), orient="row")  # type: ignore[arg-type]
    connection.from_arrow(frame.to_arrow()).create(name)


@contextmanager
def whole_files(exports: Sequence[Export]) -> Iterator[None]:
    """Say in one line, as an error of ours, what DuckDB finds wrong with the files."""
    try:
        yield
    except sql.DatabaseError as error:
        names = ", ".join(export.name for export in exports[:3])
        raise CapgenError(f"{names}: {_reason(str(error))}") from None


def _reason(text: str) -> str:
    if "maximum_object_size" in text:
        return (
            "expected at most 16 MiB of JSON for one series, got more; export shorter stretches, "
            "and load their files together"
        )
    plain = _FOLDERS.sub("", " ".join(text.split()))
    return f"expected whole files of this kind, got: {plain[:_LONGEST_REASON]}; export them again"


def check_ends(exports: Sequence[Export]) -> None:
    """Refuse files of lines whose last line does not end: its number may be cut off.

    Raises:
        CapgenError: a file was cut off.
    """
    for export in exports:
        if export.path.suffix == ".gz":
            continue  # what is cut off does not expand
        with export.path.open("rb") as file:
            file.seek(max(file.seek(0, 2) - _END_BYTES, 0))
            end = file.read()
        if b"\n" not in end:
            raise CapgenError(
                f"{export.name}: expected a line end behind the last line, got {end[-4:]!r}; was "
                f"the file cut off? Export it again, or end the line if it is whole"
            )


def refuse_empty(exports: Sequence[Export], samples: int) -> None:
    """Refuse exports without a sample.

    Raises:
        CapgenError: there is none.
    """
    if samples == 0:
        names = ", ".join(export.name for export in exports[:3])
        raise CapgenError(
            f"{names}: expected samples, got none; does the query, or its window, select any?"
        )


def zone_of(clocks: Set[bool], mapping: ExportMapping, why: str) -> tuple[str, list[AccountLine]]:
    """Return the clock of stamps, with a guess where nobody says it.

    Args:
        clocks: whether stamps are in UTC; both where some are and some are not.
        mapping: what the user says.
        why: why the exports do not say it.

    Raises:
        RequestError: some stamps are in UTC, and others by a clock of their own.
    """
    if clocks == {True}:
        return _UTC, []
    zone = mapping.time.zone
    if clocks == {True, False} and zone != _UTC:
        raise RequestError(
            f"time.zone: expected stamps of one clock, got some in UTC and some by {zone}; load "
            f"them apart"
        )
    if "zone" in mapping.time.model_fields_set:
        return zone, []
    return zone, [guess("zone", "", f"{why}: taken as UTC; set it with time.zone")]
