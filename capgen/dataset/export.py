"""Exports a dataset: all its rows, or some, as one file, a DuckDB database or a Delta table, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capgen.dataset.export_formats import DELTA, WRITERS, check_installed, kind_of
from capgen.dataset.export_rows import Rows, open_rows
from capgen.dataset.export_target import check_target, is_delta_table, room_for
from capgen.dataset.files import move_whole
from capgen.dataset.location import locate
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.store_errors import plain_errors
from capgen.errors import CapgenError, RequestError
from capgen.system import sync

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


def default_name(manifest: Manifest, kind: str) -> str:
    """Return the name of a file that is not given one.

    Args:
        manifest: of the dataset.
        kind: `csv.gz` or `parquet`.

    Raises:
        RequestError: there is no such name for this kind.
    """
    days = [f"{each:%Y%m%d}" for each in (manifest.first_timestamp, manifest.last_timestamp)]
    names = {"csv.gz": "server_metrics_full.csv.gz", "parquet": "raw_server_metrics_{}_to_{}.parquet".format(*days)}
    if kind not in names:
        raise RequestError(f"--format: expected {' or '.join(names)} where no FILE is given, got {kind!r}")
    return names[kind]


def export_dataset(
    folder: Path,
    target: str | None = None,
    *,
    kind: str = DEFAULT_KIND,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    overwrite: bool = False,
    unsafe: bool = False,
) -> ExportResult:
    """Write the rows of a dataset, sorted by server and timestamp, to one place.

    Args:
        folder: the dataset's.
        target: a file, whose ending says the kind, or `delta:FOLDER`; a default name in the working folder without it.
        kind: of the file that is not given a name.
        columns: which, in this order; all without them.
        where: a condition in SQL over the panel's columns.
        overwrite: replace what is there.
        unsafe: let the condition read other files.

    Returns:
        What was written.

    Raises:
        RequestError: the request is wrong, such as a column that is not there; nothing was written.
        CapgenError: a file cannot be read or written; nothing was written.
    """
    started = time.monotonic()
    manifest = read_manifest(folder)
    target = target or default_name(manifest, kind)
    kind = kind_of(target)
    check_installed(kind)
    place = locate(target.removeprefix(f"{DELTA}:")).expanduser().resolve()
    with plain_errors(place):
        check_target(place, kind, overwrite=overwrite)
        with room_for(place) as room, _said(place):
            count = _write(folder, manifest, place, room, kind, columns, where, unsafe=unsafe)
        return ExportResult(place, kind, count, _size(place), time.monotonic() - started)


@contextmanager
def _said(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CapgenError(f"{target}: {error.strerror or error}; nothing was written") from None


def _write(
    folder: Path,
    manifest: Manifest,
    target: Path,
    room: Path,
    kind: str,
    columns: Sequence[str] | None,
    where: str | None,
    *,
    unsafe: bool,
) -> int:
    """Write what was asked for; return the number of rows."""
    rows = open_rows(folder.absolute(), manifest, room / "spilled", columns, where, unsafe=unsafe)
    counted = _Counted(rows)
    config, origin = manifest.load_config(), _origin(manifest)
    try:
        if kind == DELTA:
            table = target if is_delta_table(target) else room / DELTA
            WRITERS[kind](counted.reader(), table, config, origin)
            if table != target:
                table.rename(target)
                sync(target.parent)
        else:
            WRITERS[kind](counted.reader(), room / target.name, config, origin)
            move_whole(room / target.name, target)
    except Exception as error:
        # Arrow and Delta pass on, as errors of their own, what went wrong while rows were read for them.
        raise counted.failure or error from None
    finally:
        rows.close()
    return counted.rows


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


def _origin(manifest: Manifest) -> Mapping[str, str]:
    """Return where the rows come from, as the Parquet metadata of a dataset's files says it."""
    return {
        "capgen.version": manifest.capgen_version,
        "capgen.seed": str(manifest.seed),
        "capgen.config_digest": manifest.config_digest,
    }


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in ([path] if path.is_file() else path.rglob("*")) if each.is_file())
