"""The formats that a dataset is exported to; each writes batches of rows to a file or path."""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from capgen.dataset.csv_text import TIMESTAMP, csv_text
from capgen.dataset.description import Description
from capgen.dataset.export.database import write_duckdb
from capgen.errors import CapgenError, RequestError
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa

# Writes batches of rows, and their origin, to an open file; or to a path that a library opens.
Write = Callable[["pa.RecordBatchReader", Counted, Mapping[str, str]], None]
Place = Callable[["pa.RecordBatchReader", Path, Description, Mapping[str, str]], None]

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3
# Rows of a batch for Delta's library, which keeps several batches in memory, whatever their size.
_DELTA_ROWS = 2**12
_TEXT_ROWS = 2**14  # rows that become text in one step; text takes several times their memory
DELTA = "delta"


def kind_of(target: str, given: str | None) -> str:
    """Return the format to write.

    Args:
        target: a file's name, or `delta:FOLDER`.
        given: the format that the user chose; by default the name's ending says it.

    Raises:
        RequestError: the ending is unknown, or says another format than the user chose.
    """
    ending = _said_kind(target)
    kind = given or ending
    if kind is None:
        endings = ", ".join(f".{known}" for known in KINDS)
        raise RequestError(
            f"expected a name that ends in {endings}, or delta:FOLDER, or --format; got {target!r}"
        )
    if ending not in {None, kind}:
        raise RequestError(
            f"FILE and --format: expected the same format in both, got {target!r} and {kind}"
        )
    return kind


def _said_kind(target: str) -> str | None:
    """Return the format that a name says."""
    if target.startswith(f"{DELTA}:"):
        return DELTA
    name = Path(target).name
    kinds = (kind for kind in KINDS if name.endswith(f".{kind}") and name != f".{kind}")
    return next(kinds, None)


def check_installed(kind: str) -> None:
    """Check that the library for a format is installed.

    Args:
        kind: the format.

    Raises:
        RequestError: the library is missing; the message says how to install it.
    """
    if kind == DELTA and importlib.util.find_spec("deltalake") is None:
        raise RequestError(
            'delta: expected the library deltalake, found none; type: pip install "capgen[delta]"'
        )


def write_csv(rows: pa.RecordBatchReader, file: Counted, _origin: Mapping[str, str]) -> None:
    """Write rows as CSV.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
    """
    none = pl.DataFrame(rows.schema.empty_table())
    file.write(csv_text(none, header=True).encode())
    for batch in rows:
        for piece in pl.DataFrame(batch).iter_slices(_TEXT_ROWS):
            file.write(csv_text(piece, header=False).encode())


def _write_csv_gz(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    with _gzip(file) as text:
        write_csv(rows, text, origin)


def _write_ndjson_gz(rows: pa.RecordBatchReader, file: Counted, _origin: Mapping[str, str]) -> None:
    with _gzip(file) as text:
        for batch in rows:
            frame = pl.DataFrame(batch).with_columns(pl.selectors.datetime().dt.strftime(TIMESTAMP))
            for piece in frame.iter_slices(_TEXT_ROWS):
                text.write(piece.write_ndjson().encode())


@contextmanager
def _gzip(file: Counted) -> Iterator[Counted]:
    """Compress text, without a name and a time, so that the same rows give the same bytes."""
    with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as text:
        yield Counted(text)


def write_parquet(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    """Write rows as Parquet, with one row group for each batch.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
        origin: the origin of the rows, for the file's metadata.
    """
    import pyarrow.parquet as pq

    options: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": _ZSTD_LEVEL,
        "store_schema": False,
    }
    with pq.ParquetWriter(file, rows.schema, **options) as writer:
        for batch in rows:
            writer.write_batch(batch, row_group_size=max(1, batch.num_rows))
        writer.add_key_value_metadata(dict(origin))


def _write_arrow(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression="zstd")
    schema = rows.schema.with_metadata(dict(origin))
    with pa.ipc.new_file(file, schema, options=options) as writer:
        for batch in rows:
            writer.write_batch(batch.replace_schema_metadata(dict(origin)))


def _write_delta(
    rows: pa.RecordBatchReader, path: Path, _described: Description, origin: Mapping[str, str]
) -> None:
    """Write a Delta table, or the next version of an existing one."""
    import pyarrow as pa

    deltalake: Any = importlib.import_module("deltalake")  # the library of an extra
    mode = {"mode": "overwrite", "schema_mode": "overwrite"} if path.exists() else {"mode": "error"}
    compression = {"compression": "ZSTD", "compression_level": _ZSTD_LEVEL}
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


WRITERS: Mapping[str, Write] = {
    "csv": write_csv,
    "csv.gz": _write_csv_gz,
    "parquet": write_parquet,
    "ndjson.gz": _write_ndjson_gz,
    "arrow": _write_arrow,
}
PLACERS: Mapping[str, Place] = {
    "duckdb": write_duckdb,
    DELTA: _write_delta,
}
KINDS = tuple(kind for kind in (*WRITERS, *PLACERS) if kind != DELTA)
