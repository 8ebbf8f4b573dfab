"""Exports a dataset: all its rows, or some, as one file, a DuckDB database or a Delta table, whole or not at all."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capgen.dataset.export_formats import DELTA, WRITERS, check_installed, kind_of
from capgen.dataset.export_rows import Rows, open_rows
from capgen.dataset.files import sync, whole_file
from capgen.dataset.layout import BUILD_STATE, Places, is_dataset
from capgen.dataset.locking import one_writer
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.errors import CapgenError, RequestError

if TYPE_CHECKING:
    import pyarrow as pa

DEFAULT_KIND = "csv.gz"
_DELTA_LOG = "_delta_log"


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
) -> ExportResult:
    """Write the rows of a dataset, sorted by server and timestamp, to one place.

    Args:
        folder: the dataset's.
        target: a file, whose ending says the kind, or `delta:FOLDER`; a default name in the working folder without it.
        kind: of the file that is not given a name.
        columns: which, in this order; all without them.
        where: a condition in SQL over the panel's columns.
        overwrite: replace what is there.

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
    places = Places.of(Path(target.removeprefix(f"{DELTA}:")).expanduser().absolute())
    _check_target(places, kind, overwrite=overwrite)
    with one_writer(places.lock, places.target):
        shutil.rmtree(places.staging, ignore_errors=True)  # of a process that was killed
        places.staging.mkdir()
        try:
            count = _write(folder, manifest, places, kind, columns, where)
        except OSError as error:
            raise CapgenError(f"{places.target}: {error.strerror or error}; nothing was written") from None
        finally:
            shutil.rmtree(places.staging, ignore_errors=True)
    return ExportResult(places.target, kind, count, _size(places.target), time.monotonic() - started)


def _write(
    folder: Path, manifest: Manifest, places: Places, kind: str, columns: Sequence[str] | None, where: str | None
) -> int:
    """Write what was asked for; return the number of rows."""
    rows = open_rows(folder.absolute(), manifest, places.staging / "spilled", columns, where)
    counted = _Counted(rows)
    config, origin = manifest.load_config(), _origin(manifest)
    try:
        if kind == DELTA:
            place = places.target if (places.target / _DELTA_LOG).is_dir() else places.staging / DELTA
            WRITERS[kind](counted.reader(), place, config, origin)
            if place != places.target:
                place.rename(places.target)
                sync(places.target.parent)
        else:
            with whole_file(places.target) as unfinished:
                unfinished.unlink(missing_ok=True)
                WRITERS[kind](counted.reader(), unfinished, config, origin)
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


def _check_target(places: Places, kind: str, *, overwrite: bool) -> None:
    target = places.target
    around = next((each for each in (target, *target.parents) if is_dataset(each)), None)
    if around:
        raise RequestError(
            f"{target}: expected a place outside of the dataset {str(around)!r}, whose readers would take the export "
            "for a part of it"
        )
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(f"{target}: an interrupted build of that name is kept beside it; finish it, or name another")
    if kind == DELTA:
        _check_delta_folder(target)
        if places.inside:
            raise RequestError(f"{target}: expected a folder that is neither a mount point nor the working folder")
        taken = (target / _DELTA_LOG).is_dir()
    else:
        taken = target.exists()
        if target.is_dir():
            raise RequestError(f"{target}: expected the name of a file, got a folder")
    if taken and not overwrite:
        raise RequestError(f"{target}: is there already; add --overwrite to replace it, or name another")


def _check_delta_folder(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise RequestError(f"{target}: expected a folder, got a file")
    if target.is_dir() and any(target.iterdir()) and not (target / _DELTA_LOG).is_dir():
        raise RequestError(f"{target}: expected a new folder or a Delta table, got a folder with something else in it")


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in ([path] if path.is_file() else path.rglob("*")) if each.is_file())
