"""Rolls a dataset up to a coarser step: P95, mean and maximum of each metric, as Parquet files of the same layout."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from capgen import sql
from capgen.config import Config
from capgen.config.rules import FIXED_COLUMNS_AFTER_METRICS, FIXED_COLUMNS_BEFORE_METRICS
from capgen.config.types import MINUTES_PER_DAY
from capgen.dataset.export_rows import open_panel, server_ranges
from capgen.dataset.files import remove_folder, sha256, sync, whole_file
from capgen.dataset.layout import BUILD_STATE, MANIFEST, Places, is_dataset
from capgen.dataset.locking import one_writer
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.publishing import check_target
from capgen.dataset.rollup_manifest import RollupFile, rollup_manifest, source_of, write_rollup_manifest
from capgen.dataset.verify import damaged_files
from capgen.errors import CapgenError, RequestError
from capgen.version import __version__

Step = Literal["daily", "hourly"]

QUANTILE = 0.95  # as sql/rollup/periods.sql has it
_UNITS: Mapping[str, tuple[str, int]] = {"daily": ("day", MINUTES_PER_DAY), "hourly": ("hour", 60)}
_SPILLED = "spilled"
_ROWS_AT_ONCE = 2**19  # of the source
_THREADS = 1  # several would add up in an order of their own each time, and change the last bits of means
_OTHER_COLUMNS = (*FIXED_COLUMNS_BEFORE_METRICS, "samples", "is_partial", *FIXED_COLUMNS_AFTER_METRICS)


@dataclass(frozen=True, slots=True)
class RollupResult:
    """What a rollup wrote.

    Args:
        out: its folder.
        rows: number of rows.
        partial_rows: how many of them are of a period that is not whole.
        files: number of data files.
        bytes: size of the data files.
        damaged_files: the source's files that were missing or altered.
        seconds: wall time.
    """

    out: Path
    rows: int
    partial_rows: int
    files: int
    bytes: int
    damaged_files: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class _Written:
    """What is written so far."""

    files: list[RollupFile]
    starts: list[datetime]
    partial_rows: int = 0


def roll_up(folder: Path | str, step: Step, out: Path | str) -> RollupResult:
    """Work out P95, mean and maximum of each metric for each server and period.

    Args:
        folder: a dataset's.
        step: of the rollup.
        out: a new or empty folder.

    Returns:
        What was written.

    Raises:
        RequestError: the folder is no dataset, its step is not finer, or `out` cannot be written into.
        CapgenError: a file cannot be read or written; nothing was written.
    """
    started = time.monotonic()
    folder = Path(folder).absolute()
    manifest = read_manifest(folder)
    config = manifest.load_config()
    _check_step(config, step)
    _check_names(config)
    places = Places.of(Path(out).expanduser().absolute())
    _check_out(places)
    with one_writer(places.lock, places.target):
        remove_folder(places.staging)  # of a rollup that was killed
        places.staging.mkdir()
        try:
            damaged = tuple(problem.path for problem in damaged_files(folder, manifest, read=True))
            written = _write(folder, manifest, config, step, places.staging)
            source = source_of(manifest, damaged)
            span = _span(written, folder)
            result = rollup_manifest(source, step, QUANTILE, span, written.files, written.partial_rows)
            shutil.rmtree(places.staging / _SPILLED, ignore_errors=True)
            write_rollup_manifest(places.staging, result)
            places.staging.rename(places.target)  # an empty folder may be there: POSIX replaces it
            sync(places.target.parent)
        finally:
            remove_folder(places.staging)
    size = sum(file.bytes for file in result.files)
    seconds = time.monotonic() - started
    return RollupResult(places.target, result.rows, result.partial_rows, len(result.files), size, damaged, seconds)


def _write(folder: Path, manifest: Manifest, config: Config, step: str, staging: Path) -> _Written:
    """Write one file a partition."""
    written = _Written([], [])
    present = [entry.path for entry in manifest.files if (folder / entry.path).is_file()]
    if not present:
        raise CapgenError(f"{folder}: expected data files, found none of those in {MANIFEST}")
    for partition, paths in groupby(sorted(present), key=os.path.dirname):
        path = f"{partition}/part-00000.parquet"
        connection = open_panel(config, [folder / each for each in paths], staging / _SPILLED, _THREADS)
        try:
            _write_partition(connection, config, step, staging / path, manifest, written)
        except sql.DatabaseError as error:
            raise CapgenError(str(error)) from None
        finally:
            connection.close()
        size, digest = (staging / path).stat().st_size, sha256(staging / path)
        written.files.append(RollupFile(path=path, bytes=size, sha256=digest, rows=_rows_in(staging / path)))
    return written


def _write_partition(
    connection: sql.Connection, config: Config, step: str, path: Path, manifest: Manifest, written: _Written
) -> None:
    tables = _tables(connection, config, step)
    first = next(tables)
    with whole_file(path) as unfinished, pq.ParquetWriter(unfinished, first.schema, **_options(first)) as writer:
        for table in chain([first], tables):
            writer.write_table(table)
            written.partial_rows += pc.sum(table["is_partial"]).as_py() or 0
            limits = pc.min_max(table["timestamp"]).as_py()
            written.starts += [each for each in limits.values() if each is not None]
        writer.add_key_value_metadata(_metadata(manifest))


def _tables(connection: sql.Connection, config: Config, step: str) -> Iterator[pa.Table]:
    """Yield the rows of a partition, sorted, a few servers at a time; at least one table."""
    unit, minutes = _UNITS[step]
    metrics = [{"key": key, "column": metric.column} for key, metric in config.metrics.items()]
    query = sql.repeat_lines(sql.query_text("rollup/periods"), metrics)
    for first, last, _ in server_ranges(connection, _ROWS_AT_ONCE) or [("", "", 0)]:
        parameters = {"first": first, "last": last, "unit": unit, "full": minutes // config.step_minutes}
        yield connection.sql(query, params=parameters).to_arrow_table()


def _options(table: pa.Table) -> dict[str, Any]:
    return {
        "compression": "zstd",
        "use_dictionary": [name for name in table.column_names if name != "timestamp"],
        "column_encoding": {"timestamp": "DELTA_BINARY_PACKED"},
        "write_statistics": ["timestamp", "server_id"],
        "store_schema": False,
    }


def _metadata(manifest: Manifest) -> dict[str, str]:
    return {
        "capgen.version": __version__,
        "capgen.kind": "rollup",
        "capgen.source_manifest_digest": manifest.manifest_digest,
    }


def _span(written: _Written, folder: Path) -> tuple[datetime, datetime]:
    if not written.starts:
        raise CapgenError(f"{folder}: expected rows, found none")
    return min(written.starts), max(written.starts)


def _rows_in(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def _check_step(config: Config, step: str) -> None:
    minutes = _UNITS[step][1]
    if config.step_minutes >= minutes:
        raise RequestError(f"--to: expected a step coarser than the dataset's, {config.granularity}; got {step}")
    if minutes % config.step_minutes:
        raise RequestError(f"--to: expected a step that the dataset's, {config.granularity}, divides; got {step}")


def _check_names(config: Config) -> None:
    metrics = config.metrics.items()
    names = [*_OTHER_COLUMNS, *(name for key, each in metrics for name in (each.column, f"{key}_mean", f"{key}_max"))]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise RequestError(f"metrics: a rollup would have two columns called {twice!r}; rename the metric that has it")


def _check_out(places: Places) -> None:
    target = places.target
    around = next((each for each in target.parents if is_dataset(each)), None)
    if around:
        raise RequestError(f"out: expected a folder outside of the dataset {str(around)!r}, got {str(target)!r}")
    if target.is_dir() and any(target.iterdir()):
        raise RequestError(f"out: expected an empty or new folder, got {str(target)!r}, which holds something")
    check_target(places)
    if places.inside:
        raise RequestError(f"out: expected neither a mount point nor the working folder, got {str(target)!r}")
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(f"out: an interrupted build is kept beside {str(target)!r}; finish it, or name another")
