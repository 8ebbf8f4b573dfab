"""JSON: one array, or one object a line, plain and compressed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl

from capgen.dataset.csv_text import TIMESTAMP
from capgen.dataset.export.formats.form import gzipped, text_pieces
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa


def write_ndjson(rows: pa.RecordBatchReader, file: Counted, _origin: Mapping[str, str]) -> None:
    """Write rows as objects, one a line.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
    """
    for lines in _lines(rows):
        file.write(lines.encode())


def write_ndjson_gz(rows: pa.RecordBatchReader, file: Counted, origin: Mapping[str, str]) -> None:
    """Write rows as objects, one a line, compressed.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
        origin: the origin of the rows, which JSON does not hold.
    """
    with gzipped(file) as text:
        write_ndjson(rows, text, origin)


def write_json(rows: pa.RecordBatchReader, file: Counted, _origin: Mapping[str, str]) -> None:
    """Write rows as an array of objects, each on its own line.

    Args:
        rows: the rows in batches.
        file: a file open for writing.
    """
    before = "["
    for lines in _lines(rows):
        objects = lines.rstrip("\n").replace("\n", ",\n ")
        file.write(f"{before}{objects}".encode())
        before = ",\n "
    file.write(b"[]\n" if before == "[" else b"]\n")


def _lines(rows: pa.RecordBatchReader) -> Iterator[str]:
    """Yield text of objects, one a line; line breaks inside values are escaped."""
    for piece in text_pieces(rows):
        if piece.height:
            stamped = piece.with_columns(pl.selectors.datetime().dt.strftime(TIMESTAMP))
            yield stamped.write_ndjson()
