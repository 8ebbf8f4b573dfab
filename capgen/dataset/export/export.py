"""Exports rows of a dataset: one file, a DuckDB database or a Delta table, whole or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capgen.dataset.export.delta import check_delta_folder, is_delta_table
from capgen.dataset.export.formats import DELTA, PLACERS, WRITERS, check_installed, kind_of
from capgen.dataset.export.origin import citation_file, origin_of
from capgen.dataset.export.rows import Rows, open_rows
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.errors import CapgenError, RequestError
from capgen.storage.local.file import take_place
from capgen.storage.local.rooms import local_room
from capgen.storage.location import locate
from capgen.storage.output import Output, output
from capgen.storage.store.errors import plain_errors

if TYPE_CHECKING:
    import pyarrow as pa

DEFAULT_KIND = "csv.gz"


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What an export wrote.

    Args:
        path: the file, or the folder of a Delta table.
        format: its kind.
        rows: number of rows.
        bytes: its size.
        seconds: wall time.
    """

    path: Path
    format: str
    rows: int
    bytes: int
    seconds: float


def default_name(manifest: Manifest, kind: str | None) -> str:
    """Return the name of a file that is not given one.

    Args:
        manifest: of the dataset.
        kind: `csv.gz`, as without one, or `parquet`.

    Raises:
        RequestError: there is no such name for this kind.
    """
    days = [f"{each:%Y%m%d}" for each in (manifest.first_timestamp, manifest.last_timestamp)]
    names = {
        DEFAULT_KIND: "server_metrics_full.csv.gz",
        "parquet": "raw_server_metrics_{}_to_{}.parquet".format(*days),
    }
    found = names.get(kind or DEFAULT_KIND)
    if found is None:
        raise RequestError(
            f"--format: expected {' or '.join(names)} where no FILE is given, got {kind!r}"
        )
    return found


def export(
    data: str | os.PathLike[str],
    file: str | os.PathLike[str] | None = None,
    *,
    format: str | None = None,  # noqa: A002 - the command line's name
    columns: Sequence[str] | None = None,
    where: str | None = None,
    overwrite: bool = False,
    unsafe: bool = False,
    citation: bool = False,
) -> ExportResult:
    """Write the rows of a dataset, sorted by server and timestamp, to one place.

    Args:
        data: the dataset's folder.
        file: whose ending says the format, `-` for standard output, or `delta:FOLDER`; a default
            name in the working folder without it.
        format: of a file whose name does not say it, such as `csv`.
        columns: which, in this order; all without them.
        where: a condition in SQL over the panel's columns.
        overwrite: replace what is there.
        unsafe: let the condition read other files.
        citation: write beside the file what to cite, for kinds that have no place for it.

    Returns:
        What was written.

    Raises:
        RequestError: the request is wrong, such as a column that is not there; nothing was written.
        CapgenError: a file cannot be read or written; no file was written.
    """
    started = time.monotonic()
    folder = locate(data)
    manifest = read_manifest(folder)
    target = str(file) if file is not None else default_name(manifest, format)
    kind = kind_of(target, format)
    check_installed(kind)
    beside = citation_file(target, kind, overwrite=overwrite) if citation else None
    rows = _Request(folder.absolute(), manifest, kind, columns, where, unsafe)
    if kind == DELTA:
        path = locate(target.removeprefix(f"{DELTA}:")).resolve()
        check_delta_folder(path, overwrite=overwrite)
        count = _write_table(rows, path)
        size = sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    else:
        path, count, size = _write_file(rows, target, overwrite=overwrite)
    if beside is not None:
        beside.write(f"{manifest.citation}\n".encode())
    return ExportResult(path, kind, count, size, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for, wherever it goes."""

    folder: Path
    manifest: Manifest
    kind: str
    columns: Sequence[str] | None
    where: str | None
    unsafe: bool

    @contextmanager
    def opened(self, room: Path) -> Iterator[_Counted]:
        """Open the rows; raise what stopped them."""
        spill = room / "spilled"
        rows = open_rows(
            self.folder, self.manifest, spill, self.columns, self.where, unsafe=self.unsafe
        )
        counted = _Counted(rows)
        try:
            yield counted
        except Exception as error:
            # Arrow and Delta pass on, as errors of their own, what went wrong while rows were read
            # for them.
            raise counted.failure or error from None
        finally:
            rows.close()


def _write_file(request: _Request, target: str, *, overwrite: bool) -> tuple[Path, int, int]:
    """Write one file; return where, the number of rows, and of bytes."""
    with _said(target):
        place = output(target, overwrite=overwrite)
        if place.is_stream and request.kind in PLACERS:
            raise RequestError(
                f"{request.kind}: expected the name of a file, got {target!r}, which is a stream"
            )
        with place.room() as room, request.opened(room) as rows:
            size = _write(request, rows, place, room)
    return place.path, rows.rows, size


def _write(request: _Request, rows: _Counted, place: Output, room: Path) -> int:
    """Write rows to a place; return the number of bytes."""
    origin = origin_of(request.manifest)
    if request.kind in WRITERS:
        with place.stream(room) as file:
            WRITERS[request.kind](rows.reader(), file, origin)
        return file.bytes
    made = room / place.path.name
    PLACERS[request.kind](rows.reader(), made, request.manifest.load_config(), origin)
    size = made.stat().st_size
    place.move_in(made)
    return size


def _write_table(request: _Request, target: Path) -> int:
    """Write a Delta table; return the number of rows."""
    with _said(target), local_room(target) as room, request.opened(room) as rows:
        table = target if is_delta_table(target) else room / DELTA
        PLACERS[DELTA](
            rows.reader(), table, request.manifest.load_config(), origin_of(request.manifest)
        )
        if table != target:
            take_place(table, target)
    return rows.rows


@contextmanager
def _said(target: Path | str) -> Iterator[None]:
    try:
        with plain_errors(locate(target)):
            yield
    except BrokenPipeError:
        raise  # a reader that has seen enough
    except OSError as error:
        raise CapgenError(f"{target}: {error.strerror or error}; no file was written") from None


class _Counted:
    """Rows on their way to a file: how many there were, and what stopped them."""

    def __init__(self, source: Rows) -> None:
        self._source = source
        self.rows = 0
        self.failure: CapgenError | None = None

    def reader(self) -> pa.RecordBatchReader:
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self._source.schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._source.batches():
                self.rows += batch.num_rows
                yield batch
        except CapgenError as error:
            self.failure = error
            raise
