"""Exports rows of a dataset: one file, a DuckDB database or a Delta table, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.export.choice import check_installed, kind_of
from capgen.dataset.export.formats import MOST, PLACERS, WRITERS
from capgen.dataset.export.formats.delta import DELTA, check_delta_folder, is_delta_table
from capgen.dataset.export.origin import citation_file
from capgen.dataset.export.request import CountedRows, Request
from capgen.dataset.export.selection import Selection
from capgen.dataset.manifest_base import ManifestBase
from capgen.errors import RequestError
from capgen.storage.local.file import take_place
from capgen.storage.local.rooms import local_room
from capgen.storage.location import locate
from capgen.storage.output import Output, output, plain_writing
from capgen.system.paths import StrPath

DEFAULT_KIND = "csv.gz"


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What an export wrote.

    Args:
        path: the file, or the folder of a Delta table.
        format: the format written.
        rows: number of rows.
        bytes: size of the file or table.
        seconds: wall time.
    """

    path: Path
    format: str
    rows: int
    bytes: int
    seconds: float


def default_name(manifest: ManifestBase, kind: str | None) -> str:
    """Return the name of the file to write if the user gives none.

    Args:
        manifest: the dataset's manifest.
        kind: `csv.gz`, which is the default, or `parquet`.

    Raises:
        RequestError: the format has no default name.
    """
    first = f"{manifest.first_timestamp:%Y%m%d}"
    last = f"{manifest.last_timestamp:%Y%m%d}"
    names = {
        DEFAULT_KIND: "server_metrics_full.csv.gz",
        "parquet": f"raw_server_metrics_{first}_to_{last}.parquet",
    }
    found = names.get(kind or DEFAULT_KIND)
    if found is None:
        raise RequestError(
            f"--format: expected {' or '.join(names)} where no FILE is given, got {kind!r}"
        )
    return found


def export(
    data: StrPath,
    file: StrPath | None = None,
    *,
    format: str | None = None,  # noqa: A002 - the command line's name
    columns: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    where: str | None = None,
    rows: int | None = None,
    since_now: bool = False,
    overwrite: bool = False,
    unsafe: bool = False,
    citation: bool = False,
) -> ExportResult:
    """Write the rows of a dataset, sorted by server and timestamp, to one place.

    Args:
        data: the dataset's folder.
        file: a file whose ending says the format, `-` for standard output, or `delta:FOLDER`; by
            default a file in the working folder.
        format: the format, such as `csv`, if the file's name does not say it.
        columns: the columns to write, in this order; by default all.
        metrics: keys or columns of the metrics to write, such as `cpu`; by default all.
        where: a condition in SQL on the panel's columns.
        rows: the most rows to write, of the first servers; by default all.
        since_now: shift the rows by whole weeks, so that the last is of the latest full step. Its
            day is another then: year, month, quarter, is_eoq and is_holiday are left out.
        overwrite: replace an existing file or table.
        unsafe: let the condition read other files.
        citation: also write a file that says what to cite, for formats that cannot hold it.

    Returns:
        What was written.

    Raises:
        RequestError: the request is wrong, such as an unknown column; nothing was written.
        CapgenError: a file cannot be read or written; no file was written.
    """
    started = time.monotonic()
    folder = locate(data)
    manifest = read_any_manifest(folder)
    target = str(file) if file is not None else default_name(manifest, format)
    kind = kind_of(target, format)
    check_installed(kind)
    citation_place = citation_file(target, kind, overwrite=overwrite) if citation else None
    selection = Selection(columns, metrics, where, rows, since_now, unsafe)
    request = Request(folder.absolute(), manifest, kind, selection)
    if kind == DELTA:
        path = locate(target.removeprefix(f"{DELTA}:")).resolve()
        check_delta_folder(path, overwrite=overwrite)
        count = _write_table(request, path)
        size = sum(part.stat().st_size for part in path.rglob("*") if part.is_file())
    else:
        path, count, size = _write_file(request, target, overwrite=overwrite)
    if citation_place is not None:
        citation_place.write(f"{manifest.citation}\n".encode())
    return ExportResult(path, kind, count, size, time.monotonic() - started)


def _write_file(request: Request, target: str, *, overwrite: bool) -> tuple[Path, int, int]:
    """Write one file; return its path, number of rows and size."""
    with plain_writing(target, "no file was written"):
        place = output(target, overwrite=overwrite)
        with place.room() as room, request.opened(room) as rows:
            if request.kind in MOST:
                rows.check_fit(request.kind, MOST[request.kind])
            size = _write(request, rows, place, room)
    return place.path, rows.rows, size


def _write(request: Request, rows: CountedRows, place: Output, room: Path) -> int:
    """Write rows to a place; return the number of bytes."""
    origin = request.manifest.origin
    if request.kind in WRITERS:
        with place.stream(room) as file:
            WRITERS[request.kind](rows.reader(), file, origin)
        return file.bytes
    made = room / place.path.name
    PLACERS[request.kind](rows.reader(), made, request.manifest.description(), origin)
    size = made.stat().st_size
    place.take(made)
    return size


def _write_table(request: Request, target: Path) -> int:
    """Write a Delta table; return the number of rows."""
    with (
        plain_writing(target, "no file was written"),
        local_room(target) as room,
        request.opened(room) as rows,
    ):
        table = target if is_delta_table(target) else room / DELTA
        described = request.manifest.description()
        PLACERS[DELTA](rows.reader(), table, described, request.manifest.origin)
        if table != target:
            take_place(table, target)
    return rows.rows
