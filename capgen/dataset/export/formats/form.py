"""What a format is: a function that writes batches of rows to an open file, or to a path."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from capgen.dataset.description import Description
from capgen.storage.counted import Counted

if TYPE_CHECKING:
    import pyarrow as pa

# Writes batches of rows, and their origin, to an open file; or to a path that a library opens.
Writer = Callable[["pa.RecordBatchReader", Counted, Mapping[str, str]], None]
Placer = Callable[["pa.RecordBatchReader", Path, Description, Mapping[str, str]], None]

ZSTD_LEVEL = 3
_GZIP_LEVEL = 6
TEXT_ROWS = 2**14  # rows that become text in one step; text takes several times their memory


def text_pieces(rows: pa.RecordBatchReader) -> Iterator[pl.DataFrame]:
    """Yield rows in pieces that are small enough to become text.

    Args:
        rows: the rows in batches.
    """
    for batch in rows:
        yield from pl.DataFrame(batch).iter_slices(TEXT_ROWS)


@contextmanager
def gzipped(file: Counted) -> Iterator[Counted]:
    """Compress text, without a name and a time, so that the same rows give the same bytes.

    Args:
        file: a file open for writing.
    """
    with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as text:
        yield Counted(text)
