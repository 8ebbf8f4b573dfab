"""A Delta table: a folder, which keeps its versions."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capgen.dataset.description import Description
from capgen.dataset.export.formats.form import ZSTD_LEVEL
from capgen.errors import CapgenError, RequestError
from capgen.storage.local.places import Places
from capgen.storage.location import is_store
from capgen.storage.marks import check_outside
from capgen.storage.output import there_already

if TYPE_CHECKING:
    import pyarrow as pa

DELTA = "delta"
_DELTA_LOG = "_delta_log"
# Rows of a batch for Delta's library, which keeps several batches in memory, whatever their size.
_DELTA_ROWS = 2**12


def write_delta(
    rows: pa.RecordBatchReader, path: Path, _described: Description, origin: Mapping[str, str]
) -> None:
    """Write a Delta table, or the next version of an existing one.

    Args:
        rows: the rows in batches.
        path: the table's folder.
        origin: the origin of the rows, for the version's metadata.

    Raises:
        CapgenError: the table cannot be written.
    """
    import pyarrow as pa

    deltalake: Any = importlib.import_module("deltalake")  # the library of an extra
    mode = {"mode": "overwrite", "schema_mode": "overwrite"} if path.exists() else {"mode": "error"}
    compression = {"compression": "ZSTD", "compression_level": ZSTD_LEVEL}
    try:
        deltalake.write_deltalake(
            path,
            pa.RecordBatchReader.from_batches(rows.schema, _pieces(rows)),
            writer_properties=deltalake.WriterProperties(**compression),
            commit_properties=deltalake.CommitProperties(custom_metadata=dict(origin)),
            **mode,
        )
    except deltalake.exceptions.DeltaError as error:
        raise CapgenError(str(error)) from None


def _pieces(rows: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in rows:
        yield from pa.Table.from_batches([batch]).to_batches(_DELTA_ROWS)


def check_delta_folder(target: Path, *, overwrite: bool) -> None:
    """Check that a Delta table may be written to a folder.

    Args:
        target: an absolute path, or one in a store.
        overwrite: allow a new version of an existing table.

    Raises:
        RequestError: the table may not be written there.
    """
    if is_store(target):
        raise RequestError(
            f"delta: expected a folder, got {target}; export there, and copy the table"
        )
    check_outside(target)
    if target.exists() and not target.is_dir():
        raise RequestError(f"{target}: expected a folder, got a file")
    if target.is_dir() and any(target.iterdir()) and not is_delta_table(target):
        raise RequestError(
            f"{target}: expected a new folder or a Delta table, "
            "got a folder with something else in it"
        )
    if Places.of(target).inside:
        raise RequestError(
            f"{target}: expected a folder that can be renamed, got a mount point, "
            "the working folder, or one below a folder that cannot be written"
        )
    if is_delta_table(target) and not overwrite:
        raise there_already(target)


def is_delta_table(folder: Path) -> bool:
    """Tell whether a folder is a Delta table.

    Args:
        folder: any path.
    """
    return (folder / _DELTA_LOG).is_dir()
