"""The kinds of file that a dataset is exported to: each writes batches of rows to a path."""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.dataset.csv_text import TIMESTAMP, csv_text
from capgen.errors import CapgenError, RequestError
from capgen.panel.calendar import macro_tables
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa

# Writes batches of rows, and where they come from, to a file; or to a place that its library writes
# by itself.
Write = Callable[["pa.RecordBatchReader", Counted, Mapping[str, str]], None]
Place = Callable[["pa.RecordBatchReader", Path, Config, Mapping[str, str]], None]

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3
_DELTA_ROWS = (
    2**12
)  # handed over at once: the library keeps a number of batches in hand, however large they are
_ATTACH = "attach $path as exported (storage_version 'v1.2.0')"  # what DuckDB 1.2 and later read
_TEXT_ROWS = 2**14  # turned into text at once, which takes several times their room
DELTA = "delta"


def kind_of(target: str, given: str | None) -> str:
    """Return the kind of file to write.

    Args:
        target: a file's name, or `delta:FOLDER`.
        given: the kind that was asked for; without one, the name's ending says it.

    Raises:
        RequestError: the ending is not known, or of another kind than was asked for.
    """
    if target.startswith(f"{DELTA}:"):
        ending: str | None = DELTA
    else:
        name = Path(target).name
        ending = next(
            (kind for kind in KINDS if name.endswith(f".{kind}") and name != f".{kind}"), None
        )
    kind = given or ending
    if kind is None:
        endings = ", ".join(f".{each}" for each in KINDS)
        raise RequestError(
            f"expected a name that ends in {endings}, or delta:FOLDER, or --format; got {target!r}"
        )
    if ending not in {None, kind}:
        raise RequestError(
            f"FILE and --format: expected the same kind of both, got {target!r} and {kind}"
        )
    return kind


def check_installed(kind: str) -> None:
    """Check that the library of a kind is there.

    Args:
        kind: one of `WRITERS`.

    Raises:
        RequestError: it is not; says how to install it.
    """
    if kind == DELTA and importlib.util.find_spec("deltalake") is None:
        raise RequestError(
            'delta: expected the library deltalake, found none; type: pip install "capgen[delta]"'
        )


def write_csv(rows: pa.RecordBatchReader, file: Counted, _origin: Mapping[str, str]) -> None:
    """Write rows as CSV.

    Args:
        rows: batches of them.
        file: open for writing.
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
    """Compress text; no name and no time in it, so that the same rows give the same bytes."""
    with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as text:
        yield Counted(text)


def write_parquet(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    """Write rows as Parquet, a row group a batch.

    Args:
        rows: batches of them.
        file: open for writing.
        origin: where the rows come from, for the file's metadata.
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


def _write_duckdb(
    rows: pa.RecordBatchReader, path: Path, config: Config, origin: Mapping[str, str]
) -> None:
    """Write a database: the rows as `panel`, their origin, and the calendar macros and tables."""
    tables = macro_tables(config)
    log = path.with_name(f"{path.name}.wal")
    log.unlink(missing_ok=True)
    connection = sql.connect(tables, {"memory_limit": "100MB", "threads": 1, "temp_directory": ""})
    try:
        connection.execute(_ATTACH, {"path": str(path)})
        connection.execute("use exported")
        connection.execute(sql.script_text(tables))
        connection.register("exported_rows", rows)
        connection.execute("create table exported.main.panel as from exported_rows")
        connection.register(
            "origin", pl.DataFrame(list(origin.items()), ["key", "value"], orient="row")
        )
        connection.execute("create table exported.main.capgen_origin as from origin")
        connection.execute("use memory")
        connection.execute("detach exported")
    except sql.DatabaseError as error:
        raise CapgenError(str(error)) from None
    finally:
        connection.close()
        log.unlink(missing_ok=True)


def _write_delta(
    rows: pa.RecordBatchReader, path: Path, _config: Config, origin: Mapping[str, str]
) -> None:
    """Write a Delta table, or its next version where there is one."""
    import pyarrow as pa

    deltalake: Any = importlib.import_module("deltalake")  # an extra: it need not be there
    mode = {"mode": "overwrite", "schema_mode": "overwrite"} if path.exists() else {"mode": "error"}
    pieces = (
        piece for batch in rows for piece in pa.Table.from_batches([batch]).to_batches(_DELTA_ROWS)
    )
    try:
        deltalake.write_deltalake(
            path,
            pa.RecordBatchReader.from_batches(rows.schema, pieces),
            writer_properties=deltalake.WriterProperties(
                compression="ZSTD", compression_level=_ZSTD_LEVEL
            ),
            commit_properties=deltalake.CommitProperties(custom_metadata=dict(origin)),
            **mode,
        )
    except deltalake.exceptions.DeltaError as error:
        raise CapgenError(str(error)) from None


WRITERS: Mapping[str, Write] = {
    "csv": write_csv,
    "csv.gz": _write_csv_gz,
    "parquet": write_parquet,
    "ndjson.gz": _write_ndjson_gz,
    "arrow": _write_arrow,
}
PLACERS: Mapping[str, Place] = {
    "duckdb": _write_duckdb,
    DELTA: _write_delta,
}
KINDS = tuple(kind for kind in (*WRITERS, *PLACERS) if kind != DELTA)
