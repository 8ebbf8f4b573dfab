"""A digest of a dataset's cells that does not depend on how they are laid out in files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import polars as pl
import xxhash
from numpy.typing import NDArray

from capgen.panel.chunks import Chunk
from capgen.panel.time_axis import Span, TimeAxis

_MODULUS = 2**128


def chunk_digest(frame: pl.DataFrame, chunk: Chunk, axis: TimeAxis) -> int:
    """Return the content digest of a chunk.

    The sum, modulo 2^128, of the XXH3-128 of each server's rows in each block: a sum, so that it does not
    matter in which order or in which file they stand.

    Args:
        frame: the chunk's rows, sorted by server_id and timestamp.
        chunk: what they are.
        axis: the time axis.
    """
    strings = [name for name, kind in frame.schema.items() if kind in (pl.String, pl.Enum)]
    numbers = [_bits(frame[name]) for name in frame.columns if name not in strings]
    total = 0
    of_servers = frame.select(strings).gather_every(chunk.span.size).rows()
    for server, words in enumerate("\0".join(row) for row in of_servers):
        first = server * chunk.span.size
        for rows in _block_rows(axis, chunk.span):
            digest = xxhash.xxh3_128(words.encode())
            for column in numbers:
                digest.update(column[first + rows.start : first + rows.stop].data)
            total += digest.intdigest()
    return total % _MODULUS


def combined(digests: Iterable[int]) -> int:
    """Return the digest of parts that make up a whole.

    Args:
        digests: of each part.
    """
    return sum(digests) % _MODULUS


def as_text(digest: int) -> str:
    """Return a digest as 32 hexadecimal digits.

    Args:
        digest: from `chunk_digest` or `combined`.
    """
    return f"{digest:032x}"


def _block_rows(axis: TimeAxis, span: Span) -> Iterator[slice]:
    for block in axis.blocks(span):
        yield block.span.overlap(span).within(span)


def _bits(column: pl.Series) -> NDArray[Any]:
    """Return a column as numbers; only metrics may be null, and NaN stands for that."""
    present = column.fill_null(math.nan) if column.null_count() else column
    numbers = present.to_numpy()
    return numbers.view(np.int64) if column.dtype == pl.Datetime else numbers
