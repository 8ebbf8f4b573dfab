"""CSV, plain and compressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from capgen.dataset.csv_text import csv_text
from capgen.dataset.export.formats.form import gzipped, text_pieces
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa


def write_csv(rows: pa.RecordBatchReader, file: Counted, _origin: Mapping[str, str]) -> None:
    """Write rows as CSV, with a header.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
    """
    none = pl.DataFrame(schema=pl.Schema(rows.schema))
    file.write(csv_text(none, header=True).encode())
    for piece in text_pieces(rows):
        file.write(csv_text(piece, header=False).encode())


def write_csv_gz(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    """Write rows as compressed CSV, with a header.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
        origin: the origin of the rows, which CSV cannot hold.
    """
    with gzipped(file) as text:
        write_csv(rows, text, origin)
