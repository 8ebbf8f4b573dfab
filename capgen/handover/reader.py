"""Reads the rows that are asked for as often as anyone wants, on as few connections as possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from capgen.dataset.export.rows import Rows, open_rows
from capgen.dataset.export.selection import Selection
from capgen.dataset.manifest_base import ManifestBase


class Reader:
    """Reads rows of a dataset.

    Args:
        folder: the dataset's folder.
        manifest: the dataset's manifest.
        selection: what is wanted of the rows.
        spill: a folder for what does not fit into memory; it need not exist.
    """

    def __init__(
        self, folder: Path, manifest: ManifestBase, selection: Selection, spill: Path
    ) -> None:
        self._folder = folder
        self._manifest = manifest
        self._selection = selection
        self._spill = spill
        self._idle: list[Rows] = []
        self.row_count = 0  # of the last time that all rows were read

    def frames(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows, sorted by server and timestamp.

        Args:
            columns: the columns in their order.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read.
        """
        count = 0
        with self._opened(columns) as rows:
            for batch in rows.batches():
                if batch.num_rows:
                    count += batch.num_rows
                    yield pl.DataFrame(batch)
            self.row_count = count

    def servers(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return the first row of each server, by id; of all rows, whatever the most are.

        Args:
            columns: the columns in their order.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read.
        """
        with self._opened(columns) as rows:
            return rows.servers()

    def close(self) -> None:
        """Close all connections."""
        for rows in self._idle:
            rows.close()
        self._idle.clear()

    @contextmanager
    def _opened(self, columns: Sequence[str]) -> Iterator[Rows]:
        """Yield rows on a connection that no one reads from; to open one takes a while."""
        if self._idle:
            rows = self._idle.pop().again(columns)
        else:
            rows = open_rows(self._folder, self._manifest, self._spill, self._selection, columns)
        try:
            yield rows
        finally:
            self._idle.append(rows)
