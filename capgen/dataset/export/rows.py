"""A dataset's rows in one order, server by server, a few servers at a time: memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capgen import sql
from capgen.config import Config
from capgen.config.suggest import nearest
from capgen.dataset.data_files import view_files
from capgen.dataset.manifest import Manifest
from capgen.dataset.reading.lockdown import lock, refusal
from capgen.errors import CapgenError, RequestError
from capgen.panel.calendar import macro_tables
from capgen.panel.schema import panel_schema
from capgen.storage.store_errors import reading_reason

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 2**17
_MEMORY = "200MB"  # what DuckDB may use; with more it goes to disk
_THREADS = 2


class Rows:
    """The chosen rows and columns of a dataset, sorted by server and timestamp.

    Args:
        connection: with the rows as `panel`; belongs to this object.
        span: their first and last timestamp.
        columns: in the order wanted; all without them.
        where: a condition in SQL; every row without it.

    Raises:
        RequestError: there is no such column, or the condition is wrong.
    """

    def __init__(
        self,
        connection: sql.Connection,
        span: tuple[datetime, datetime],
        columns: Sequence[str] | None,
        where: str | None,
    ) -> None:
        self._connection = connection
        self._span = span
        self._where = where
        panel = connection.view("panel")
        chosen = _check_columns(columns, panel.columns)
        try:
            rows = panel.filter(where) if where is not None else panel
            keys = "server_id as sort_server, timestamp as sort_timestamp"
            rows.project(", ".join([*map(sql.identifier, chosen), keys])).create_view("wanted")
            self.schema: pa.Schema = self._read("", "", *span).schema
        except sql.DatabaseError as error:
            raise refusal(error, "--where") from None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows, at most `ROWS_AT_ONCE` in a batch.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read, or there is no room to sort.
        """
        try:
            for first, last, rows in server_ranges(self._connection, ROWS_AT_ONCE):
                pieces = -(-rows // ROWS_AT_ONCE) if first == last else 1
                for start, stop in pairwise(self._edges(pieces)):
                    yield from self._read(first, last, start, stop)
        except (sql.DatabaseError, OSError) as error:  # Arrow makes an OSError of what DuckDB found
            if self._where is None:
                raise CapgenError(reading_reason(error)) from None
            raise refusal(error, "--where") from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _edges(self, pieces: int) -> list[datetime]:
        """Cut time into so many pieces, about equal within the dataset's span."""
        start, stop = self._span
        return [datetime.min, *(start + (stop - start) * number / pieces for number in range(1, pieces)), datetime.max]

    def _read(self, first: str, last: str, start: datetime, stop: datetime) -> pa.RecordBatchReader:
        rows = self._connection.sql(
            sql.query_text("export/rows"), params={"first": first, "last": last, "start": start, "stop": stop}
        )
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
        view_files(connection, "panel", files, panel_schema(config).names())
    except sql.DatabaseError as error:
        connection.close()
        raise CapgenError(reading_reason(error)) from None
    return connection


def open_rows(
    folder: Path,
    manifest: Manifest,
    spill: Path,
    columns: Sequence[str] | None,
    where: str | None,
    *,
    unsafe: bool = False,
) -> Rows:
    """Open the rows of a dataset.

    Args:
        folder: the dataset's.
        manifest: of the dataset.
        spill: as in `open_panel`.
        columns: as in `Rows`.
        where: as in `Rows`.
        unsafe: let the condition read other files.

    Raises:
        RequestError: there is no such column, or the condition is wrong.
        CapgenError: a file cannot be read.
    """
    files = [folder / entry.path for entry in manifest.files]
    connection = open_panel(manifest.load_config(), files, spill)
    try:
        if not unsafe:
            lock(connection, files)
        return Rows(connection, (manifest.first_timestamp, manifest.last_timestamp), columns, where)
    except BaseException:
        connection.close()
        raise


def server_ranges(connection: sql.Connection, rows: int) -> list[tuple[str, str, int]]:
    """Return the first and last server, and the number of rows, of runs of servers in the order of their ids.

    Args:
        connection: with the rows as `panel`.
        rows: how many a run has at most, but for those of its last server.
    """
    ranges: list[tuple[str, str, int]] = connection.execute(sql.query_text("export/runs"), {"rows": rows}).fetchall()
    return ranges


def _check_columns(columns: Sequence[str] | None, known: Sequence[str]) -> Sequence[str]:
    if columns is None:
        return known
    for name in columns:
        if name not in known:
            raise RequestError(f"--columns: unknown column {name!r}{nearest(name, known)}")
        if columns.count(name) > 1:
            raise RequestError(f"--columns: expected each column once, got {name!r} twice")
    return columns
