"""Reads a dataset's rows, sorted, a few servers at a time, so that memory does not grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from capgen import sql
from capgen.config.suggest import nearest
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.reading.lockdown import lock, refusal
from capgen.dataset.reading.servers import open_panel, server_ranges
from capgen.errors import CapgenError, RequestError
from capgen.storage.store.errors import reading_reason

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 2**17


class Rows:
    """The chosen rows and columns of a dataset, sorted by server and timestamp.

    Args:
        connection: the database with the rows as `panel`; this object closes it.
        span: the first and the last timestamp.
        columns: the chosen columns in their order; by default all.
        where: a condition in SQL; by default none.

    Raises:
        RequestError: a column does not exist, or the condition is wrong.
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
        """Yield the rows in batches of at most `ROWS_AT_ONCE`.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read, or there is no memory or disk to sort.
        """
        with self._said():
            for first, last, rows in server_ranges(self._connection, ROWS_AT_ONCE):
                pieces = -(-rows // ROWS_AT_ONCE) if first == last else 1
                for start, stop in pairwise(self._edges(pieces)):
                    yield from self._read(first, last, start, stop)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in one line why rows cannot be read."""
        try:
            yield
        except (sql.DatabaseError, OSError) as error:  # Arrow turns DuckDB's errors into OSError
            if self._where is None:
                raise CapgenError(reading_reason(error)) from None
            raise refusal(error, "--where") from None

    def count(self) -> int:
        """Return the number of rows.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read.
        """
        with self._said():
            (row,) = self._connection.view("wanted").count("*").fetchall()
        return int(row[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _edges(self, pieces: int) -> list[datetime]:
        """Cut time into pieces that are about equal within the dataset's span."""
        start, stop = self._span
        within = [start + (stop - start) * number / pieces for number in range(1, pieces)]
        return [datetime.min, *within, datetime.max]

    def _read(self, first: str, last: str, start: datetime, stop: datetime) -> pa.RecordBatchReader:
        limits = {"first": first, "last": last, "start": start, "stop": stop}
        rows = self._connection.sql(sql.query_text("export/rows"), params=limits)
        return rows.to_arrow_reader(ROWS_AT_ONCE)


def open_rows(
    folder: Path,
    manifest: ManifestBase,
    spill: Path,
    columns: Sequence[str] | None,
    where: str | None,
    *,
    unsafe: bool = False,
) -> Rows:
    """Open the rows of a dataset.

    Args:
        folder: the dataset's folder.
        manifest: the dataset's manifest.
        spill: a folder for what does not fit into memory; DuckDB makes it if it needs it.
        columns: the chosen columns in their order; by default all.
        where: a condition in SQL; by default none.
        unsafe: let the condition read other files.

    Raises:
        RequestError: a column does not exist, or the condition is wrong.
        CapgenError: a file cannot be read.
    """
    files = [folder / entry.path for entry in manifest.files]
    connection = open_panel(manifest.description(), files, spill)
    try:
        if not unsafe:
            lock(connection, files)
        return Rows(connection, (manifest.first_timestamp, manifest.last_timestamp), columns, where)
    except BaseException:
        connection.close()
        raise


def _check_columns(columns: Sequence[str] | None, known: Sequence[str]) -> Sequence[str]:
    if columns is None:
        return known
    for name in columns:
        if name not in known:
            raise RequestError(f"--columns: unknown column {name!r}{nearest(name, known)}")
        if columns.count(name) > 1:
            raise RequestError(f"--columns: expected each column once, got {name!r} twice")
    return columns
