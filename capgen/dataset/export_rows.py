"""A dataset's rows in one order, server by server, a few servers at a time: memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capgen import sql
from capgen.config import Config
from capgen.config.suggest import nearest
from capgen.dataset.manifest import Manifest
from capgen.errors import CapgenError, RequestError
from capgen.panel.calendar import macro_tables
from capgen.panel.schema import panel_schema

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 2**17
_MEMORY = "200MB"  # what DuckDB may use; it goes to disk with more, as with a server that has millions of rows
_THREADS = 2
_SYSTEM_ERRORS = ("IO Error", "Out of Memory", "Invalid Error")  # how DuckDB begins what is no fault of a condition
_ROWS = """
select * exclude (sort_server, sort_timestamp)
from wanted
where sort_server between $first and $last
order by sort_server, sort_timestamp
"""
_SERVERS = "select server_id, count(*) from panel group by all order by all"


class Rows:
    """The chosen rows and columns of a dataset, sorted by server and timestamp.

    Args:
        connection: with the rows as `panel`; belongs to this object.
        columns: in the order wanted; all without them.
        where: a condition in SQL; every row without it.

    Raises:
        RequestError: there is no such column, or the condition is wrong.
    """

    def __init__(self, connection: sql.Connection, columns: Sequence[str] | None, where: str | None) -> None:
        self._connection = connection
        self._where = where
        panel = connection.view("panel")
        chosen = _check_columns(columns, panel.columns)
        try:
            rows = panel.filter(where) if where is not None else panel
            keys = "server_id as sort_server, timestamp as sort_timestamp"
            rows.project(", ".join([*(f'"{name}"' for name in chosen), keys])).create_view("wanted")
            self.schema: pa.Schema = self._read("", "").schema
        except sql.DatabaseError as error:
            raise RequestError(f"--where: {error}") from None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows, at most `ROWS_AT_ONCE` in a batch.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read, or there is no room to sort.
        """
        try:
            for first, last in server_ranges(self._connection, ROWS_AT_ONCE):
                yield from self._read(first, last)
        except (sql.DatabaseError, OSError) as error:  # Arrow makes an OSError of what DuckDB found
            if self._where is None or str(error).startswith(_SYSTEM_ERRORS):
                raise CapgenError(str(error)) from None
            raise RequestError(f"--where: {error}") from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _read(self, first: str, last: str) -> pa.RecordBatchReader:
        rows = self._connection.sql(_ROWS, params={"first": first, "last": last})
        return rows.to_arrow_reader(ROWS_AT_ONCE)


def open_panel(
    config: Config, files: Sequence[Path], spill: Path, threads: int = _THREADS, **settings: Any
) -> sql.Connection:
    """Connect to DuckDB with the rows of some data files as `panel`, in little memory.

    Args:
        config: what the files were built from.
        files: data files, with their partition keys in their paths.
        spill: a folder for what does not fit into memory; DuckDB makes it when it needs it.
        threads: how many DuckDB may use.
        settings: more of DuckDB's own.

    Raises:
        CapgenError: a file cannot be read.
    """
    limits = {"memory_limit": _MEMORY, "temp_directory": str(spill), "threads": threads, **settings}
    connection = sql.connect(macro_tables(config), limits)
    try:
        sql.view_parquet(connection, "panel", files, ", ".join(panel_schema(config).names()))
    except sql.DatabaseError as error:
        connection.close()
        raise CapgenError(str(error)) from None
    return connection


def open_rows(folder: Path, manifest: Manifest, spill: Path, columns: Sequence[str] | None, where: str | None) -> Rows:
    """Open the rows of a dataset.

    Args:
        folder: the dataset's.
        manifest: of the dataset.
        spill: as in `open_panel`.
        columns: as in `Rows`.
        where: as in `Rows`.

    Raises:
        RequestError: there is no such column, or the condition is wrong.
        CapgenError: a file cannot be read.
    """
    files = [folder / entry.path for entry in manifest.files]
    connection = open_panel(manifest.load_config(), files, spill)
    try:
        return Rows(connection, columns, where)
    except BaseException:
        connection.close()
        raise


def server_ranges(connection: sql.Connection, rows: int) -> Iterator[tuple[str, str]]:
    """Yield the first and last server of runs of servers, in the order of their ids.

    Args:
        connection: with the rows as `panel`.
        rows: how many a run has at most; a single server may have more.
    """
    first = last = None
    total = 0
    for server, count in connection.execute(_SERVERS).fetchall():
        if first is not None and last is not None and total + count > rows:
            yield first, last
            first, total = None, 0
        first, last, total = first or server, server, total + count
    if first is not None and last is not None:
        yield first, last


def _check_columns(columns: Sequence[str] | None, known: Sequence[str]) -> Sequence[str]:
    if columns is None:
        return known
    for name in columns:
        if name not in known:
            raise RequestError(f"--columns: unknown column {name!r}{nearest(name, known)}")
        if columns.count(name) > 1:
            raise RequestError(f"--columns: expected each column once, got {name!r} twice")
    return columns
