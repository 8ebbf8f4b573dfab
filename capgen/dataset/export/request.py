"""An export's request, and the rows that it asks for on their way to a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capgen.dataset.export.rows import Rows, open_rows
from capgen.dataset.export.selection import Selection
from capgen.dataset.manifest_base import ManifestBase
from capgen.errors import CapgenError, RequestError

if TYPE_CHECKING:
    import pyarrow as pa


class CountedRows:
    """Rows on their way to a file, which count themselves and keep the error that stops them.

    Args:
        source: the rows to read.
    """

    def __init__(self, source: Rows) -> None:
        self._source = source
        self.rows = 0
        self.failure: CapgenError | None = None

    def reader(self) -> pa.RecordBatchReader:
        """Return a reader of the rows in batches."""
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self._source.schema, self._batches())

    def check_fit(self, kind: str, most: int) -> None:
        """Check that a file can hold the rows.

        Args:
            kind: the file's format.
            most: the most rows that a file of this format holds.

        Raises:
            RequestError: there are more.
        """
        count = self._source.count()
        if count > most:
            raise RequestError(
                f"{kind}: expected at most {most:,} rows, which a sheet holds, got {count:,}; "
                "choose some with --where, or write .csv or .parquet"
            )

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._source.batches():
                self.rows += batch.num_rows
                yield batch
        except CapgenError as error:
            self.failure = error
            raise


@dataclass(frozen=True, slots=True)
class Request:
    """The rows that an export asks for, and their format.

    Args:
        folder: the dataset's folder.
        manifest: the dataset's manifest.
        kind: the format.
        selection: what is wanted of the dataset's rows.
    """

    folder: Path
    manifest: ManifestBase
    kind: str
    selection: Selection

    @contextmanager
    def opened(self, room: Path) -> Iterator[CountedRows]:
        """Open the rows, and raise the error that stops them.

        Args:
            room: a folder for what does not fit into memory.
        """
        spill = room / "spilled"
        rows = open_rows(self.folder, self.manifest, spill, self.selection)
        counted = CountedRows(rows)
        try:
            yield counted
        except Exception as error:
            # Arrow and Delta replace an error that stops the rows by one of their own.
            raise counted.failure or error from None
        finally:
            rows.close()
