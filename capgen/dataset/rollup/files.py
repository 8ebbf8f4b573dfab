"""Writes the files of a rollup, one for each partition."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from capgen import sql
from capgen.dataset.data_files import view_files
from capgen.dataset.description import Description
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.reading.servers import open_reader
from capgen.dataset.rollup.periods import period_tables
from capgen.errors import CapgenError
from capgen.storage.counted import Hashed
from capgen.storage.entries import DataEntry
from capgen.storage.files import hashed_file
from capgen.storage.layout import MANIFEST
from capgen.storage.store.errors import reading_reason
from capgen.version import __version__

# More threads would add up in another order each time, and change the last bits of means.
_THREADS = 1


@dataclass(slots=True)
class Written:
    """What a rollup has written so far.

    Args:
        files: entries of the files.
        starts: the first and the last period of each piece.
        schema: of the files.
        partial_rows: number of rows with a partial period.
    """

    files: list[DataEntry] = field(default_factory=list)
    starts: list[datetime] = field(default_factory=list)
    schema: pa.Schema = field(default_factory=lambda: pa.schema([]))
    partial_rows: int = 0


def write_files(
    folder: Path,
    present: Sequence[str],
    manifest: ManifestBase,
    described: Description,
    step: str,
    room: Path,
    spill: Path,
) -> Written:
    """Write one file for each partition.

    Args:
        folder: the dataset's folder.
        present: paths of the dataset's files that are there.
        manifest: the dataset's manifest.
        described: what the dataset's rows are.
        step: the rollup's step.
        room: the folder to write into.
        spill: a folder for what does not fit into memory.

    Raises:
        CapgenError: there is no file, or one cannot be read.
    """
    if not present:
        raise CapgenError(f"{folder}: expected data files, found none of those in {MANIFEST}")
    written = Written()
    try:
        with open_reader(spill, _THREADS) as connection:
            for partition, paths in groupby(sorted(present), key=os.path.dirname):
                files = [folder / data_file for data_file in paths]
                view_files(connection, "panel", files, described.schema.names())
                path = f"{partition}/part-00000.parquet"
                with hashed_file(room / path) as file:
                    rows = _write_partition(connection, described, step, file, manifest, written)
                entry = DataEntry(path=path, bytes=file.bytes, sha256=file.sha256, rows=rows)
                written.files.append(entry)
                connection.execute("drop view panel")
    except sql.DatabaseError as error:
        raise CapgenError(f"{folder}: {reading_reason(error)}") from None
    return written


def _write_partition(
    connection: sql.Connection,
    described: Description,
    step: str,
    file: Hashed,
    manifest: ManifestBase,
    written: Written,
) -> int:
    """Write a partition's file; return the number of rows."""
    tables = period_tables(connection, described, step)
    first = next(tables)
    written.schema = first.schema
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


def _metadata(manifest: ManifestBase) -> dict[str, str]:
    return {
        "capgen.version": __version__,
        "capgen.kind": "rollup",
        "capgen.source_manifest_digest": manifest.manifest_digest,
    }
