"""One file of a table that was worked out: Parquet or CSV, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capgen.dataset.export.formats import WRITERS
from capgen.errors import RequestError
from capgen.storage.output import Output, output
from capgen.system.paths import StrPath
from capgen.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

_FORMATS = ("parquet", "csv")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file to write; `table_file` makes one.

    Args:
        place: where it is written.
        format: parquet or csv.
    """

    place: Output
    format: str

    @property
    def path(self) -> Path:
        """The file, absolute or in a store."""
        return self.place.path

    def write(
        self, schema: pa.Schema, batches: Iterable[pa.RecordBatch], origin: Mapping[str, str]
    ) -> int:
        """Write rows; return the file's size in bytes.

        Args:
            schema: their columns.
            batches: the rows.
            origin: where they come from, as metadata, beside the version of capgen.

        Raises:
            OSError: the file cannot be written; nothing is left of it.
        """
        import pyarrow as pa

        with self.place.stream() as file:
            reader = pa.RecordBatchReader.from_batches(schema, batches)
            WRITERS[self.format](reader, file, {"capgen.version": __version__, **origin})
        return file.bytes


def table_file(name: StrPath, *, overwrite: bool) -> TableFile:
    """Return the file that a name stands for.

    Args:
        name: one that ends in .parquet or .csv.
        overwrite: replace an existing file.

    Raises:
        RequestError: the file may not be written.
    """
    format_ = Path(name).suffix.removeprefix(".").lower()
    if format_ not in _FORMATS:
        endings = " or ".join(f".{each}" for each in _FORMATS)
        raise RequestError(f"out: expected a name that ends in {endings}, got {os.fspath(name)!r}")
    return TableFile(output(name, overwrite=overwrite), format_)
