"""Rolls a dataset up to a coarser step: P95, mean and maximum of each metric, as Parquet."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
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
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.reading.servers import open_panel
from capgen.dataset.rollup.periods import QUANTILE, check_names, check_step, period_tables
from capgen.dataset.rollup_manifest import RollupManifest, rollup_manifest, source_of
from capgen.errors import CapgenError
from capgen.storage.counted import Hashed
from capgen.storage.entries import DataEntry
from capgen.storage.files import hashed_file, write_whole
from capgen.storage.folders import folder_of
from capgen.storage.inspection import damaged_files
from capgen.storage.layout import MANIFEST, MANIFEST_SCHEMA
from capgen.storage.location import locate
from capgen.storage.store.errors import plain_errors, reading_reason
from capgen.version import __version__

Step = Literal["daily", "hourly"]

# More threads would add up in another order each time, and change the last bits of means.
_THREADS = 1


@dataclass(frozen=True, slots=True)
class RollupResult:
    """What a rollup wrote.

    Args:
        out: the rollup's folder.
        rows: number of rows.
        partial_rows: number of rows with a partial period.
        files: number of data files.
        bytes: size of the data files.
        damaged_files: the dataset's files that were missing or altered.
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
    """What a rollup has written so far."""

    files: list[DataEntry]
    starts: list[datetime]
    partial_rows: int = 0


def rollup(data: str | os.PathLike[str], to: Step, out: str | os.PathLike[str]) -> RollupResult:
    """Compute P95, mean and maximum of each metric for each server and period.

    Args:
        data: a dataset's folder.
        to: the rollup's step.
        out: a new or empty folder.

    Returns:
        What was written.

    Raises:
        RequestError: the folder is no dataset, its step is not finer, or the rollup cannot be
            written to `out`.
        CapgenError: a file cannot be read or written; nothing was written.
    """
    started = time.monotonic()
    folder = locate(data).absolute()
    manifest = read_manifest(folder)
    config = manifest.load_config()
    check_step(config, to)
    check_names(config)
    target = locate(out).resolve()
    with plain_errors(target), folder_of(target).whole() as (room, spill):
        damaged = list(damaged_files(folder, manifest, read=True))
        gone = {problem.path for problem in damaged if problem.kind == "missing"}
        present = [entry.path for entry in manifest.files if entry.path not in gone]
        written = _write(folder, present, manifest, to, room, spill)
        source = source_of(manifest, [problem.path for problem in damaged])
        span = _span(written, folder)
        result = rollup_manifest(source, to, QUANTILE, span, written.files, written.partial_rows)
        write_whole(room / MANIFEST_SCHEMA, RollupManifest.schema_text())
        result.write(room)
    return RollupResult(
        out=target,
        rows=result.rows,
        partial_rows=result.partial_rows,
        files=len(result.files),
        bytes=sum(file.bytes for file in result.files),
        damaged_files=tuple(problem.path for problem in damaged),
        seconds=time.monotonic() - started,
    )


def _write(
    folder: Path, present: Sequence[str], manifest: Manifest, step: str, room: Path, spill: Path
) -> _Written:
    """Write one file for each partition."""
    if not present:
        raise CapgenError(f"{folder}: expected data files, found none of those in {MANIFEST}")
    written = _Written([], [])
    config = manifest.load_config()
    for partition, paths in groupby(sorted(present), key=os.path.dirname):
        path = f"{partition}/part-00000.parquet"
        files = [folder / data_file for data_file in paths]
        connection = open_panel(config, files, spill, _THREADS)
        try:
            with hashed_file(room / path) as file:
                rows = _write_partition(connection, config, step, file, manifest, written)
        except sql.DatabaseError as error:
            raise CapgenError(f"{folder}: {reading_reason(error)}") from None
        finally:
            connection.close()
        written.files.append(DataEntry(path=path, bytes=file.bytes, sha256=file.sha256, rows=rows))
    return written


def _write_partition(
    connection: sql.Connection,
    config: Config,
    step: str,
    file: Hashed,
    manifest: Manifest,
    written: _Written,
) -> int:
    """Write a partition's file; return the number of rows."""
    tables = period_tables(connection, config, step)
    first = next(tables)
    rows = 0
    with pq.ParquetWriter(file, first.schema, **_options(first)) as writer:
        for table in chain([first], tables):
            writer.write_table(table)
            rows += table.num_rows
            written.partial_rows += pc.sum(table["is_partial"]).as_py() or 0
            limits = pc.min_max(table["timestamp"]).as_py()
            written.starts += [start for start in limits.values() if start is not None]
        writer.add_key_value_metadata(_metadata(manifest))
    return rows


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
