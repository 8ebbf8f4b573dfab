"""Reads a dataset's rows, sorted, a few servers at a time, so that memory does not grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from capgen import sql
from capgen.dataset.export.selection import Selection, Window
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.reading.lockdown import lock, refusal
from capgen.dataset.reading.servers import open_panel, server_ranges
from capgen.errors import CapgenError
from capgen.storage.store.errors import reading_reason

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

ROWS_AT_ONCE = 2**17
_COUNT = "select count(*) from wanted where sort_timestamp < $stop"


class Rows:
    """The chosen rows and columns of a dataset, sorted by server and timestamp.

    Args:
        connection: the database with the rows as `panel`; this object closes it.
        window: when the rows are, and by how much they shift.
        columns: the chosen columns in their order.
        where: a condition in SQL; by default none.
        most: the most rows; by default all.
        ranges: ranges of servers that are read at once, where they are known.

    Raises:
        RequestError: the condition is wrong.
    """

    def __init__(
        self,
        connection: sql.Connection,
        window: Window,
        columns: Sequence[str],
        where: str | None = None,
        most: int | None = None,
        ranges: Sequence[tuple[str, str, int]] | None = None,
    ) -> None:
        self._connection = connection
        self._window = window
        self._where = where
        self._most = most
        self._ranges = ranges
        panel = connection.view("panel")
        try:
            rows = panel.filter(where) if where is not None else panel
            keys = "server_id as sort_server, timestamp as sort_timestamp"
            rows.project(", ".join([*map(sql.identifier, columns), keys])).create_view("wanted")
            self.schema: pa.Schema = self._read("", "", *self._edges(1)).schema
        except sql.DatabaseError as error:
            raise refusal(error, "--where") from None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches of at most `ROWS_AT_ONCE`.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read, or there is no memory or disk to sort.
        """
        left = self._most
        for batch in self._all_batches():
            wanted = batch if left is None else batch.slice(0, left)
            yield _shifted(wanted, self._window.shift)
            if left is not None:
                left -= wanted.num_rows
                if not left:
                    return

    def count(self) -> int:
        """Return the number of rows.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read.
        """
        limits = {"stop": self._window.stop}
        with self._said():
            ((rows,),) = self._connection.execute(_COUNT, limits).fetchall()
        return int(rows) if self._most is None else min(int(rows), self._most)

    def servers(self) -> pl.DataFrame:
        """Return the first row of each server, in order, of all rows: this takes no sorting.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read.
        """
        with self._said():
            return sql.run_query(self._connection, "export/servers", {"stop": self._window.stop})

    def again(self, columns: Sequence[str]) -> Rows:
        """Return the same rows with other columns; these can no longer be read.

        Args:
            columns: the chosen columns in their order.
        """
        return Rows(self._connection, self._window, columns, self._where, self._most, self._ranges)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in one line why rows cannot be read."""
        try:
            yield
        except (sql.DatabaseError, OSError) as error:  # Arrow turns DuckDB's errors into OSError
            if self._where is None:
                raise CapgenError(reading_reason(error)) from None
            raise refusal(error, "--where") from None

    def _all_batches(self) -> Iterator[pa.RecordBatch]:
        with self._said():
            if self._ranges is None:
                self._ranges = server_ranges(self._connection, ROWS_AT_ONCE)
            for first, last, rows in self._ranges:
                pieces = -(-rows // ROWS_AT_ONCE) if first == last else 1
                for start, stop in pairwise(self._edges(pieces)):
                    yield from self._read(first, last, start, stop)

    def _edges(self, pieces: int) -> list[datetime]:
        """Cut time into pieces that are about equal within the window."""
        start = self._window.first
        last = self._window.last
        within = [start + (last - start) * number / pieces for number in range(1, pieces)]
        return [datetime.min, *within, self._window.stop]

    def _read(self, first: str, last: str, start: datetime, stop: datetime) -> pa.RecordBatchReader:
        limits = {"first": first, "last": last, "start": start, "stop": stop}
        rows = self._connection.sql(sql.query_text("export/rows"), params=limits)
        return rows.to_arrow_reader(ROWS_AT_ONCE)


def open_rows(
    folder: Path,
    manifest: ManifestBase,
    spill: Path,
    selection: Selection,
    columns: Sequence[str] | None = None,
) -> Rows:
    """Open the rows of a dataset.

    Args:
        folder: the dataset's folder.
        manifest: the dataset's manifest.
        spill: a folder for what does not fit into memory; DuckDB makes it if it needs it.
        selection: what is wanted.
        columns: the columns to read in place of those that the selection chooses.

    Raises:
        RequestError: a column or a metric does not exist, or the condition is wrong.
        CapgenError: a file cannot be read.
    """
    described = manifest.description()
    chosen = selection.chosen_columns(described) if columns is None else columns
    window = selection.window(described)
    files = [folder / entry.path for entry in manifest.files]
    connection = open_panel(described, files, spill)
    try:
        if selection.where is not None:
            sql.add_macros(connection, described.calendar.tables())
        if not selection.unsafe:
            lock(connection, files)
        return Rows(connection, window, chosen, selection.where, selection.rows)
    except BaseException:
        connection.close()
        raise


def _shifted(batch: pa.RecordBatch, shift: timedelta) -> pa.RecordBatch:
    place = batch.schema.get_field_index("timestamp")
    if not shift or place < 0:
        return batch
    import pyarrow as pa
    import pyarrow.compute as pc

    moved = pc.add(batch.column(place), pa.scalar(shift))
    return batch.set_column(place, batch.schema.field(place), moved)
