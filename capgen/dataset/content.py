"""A digest of a dataset's cells that does not depend on their layout in files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
import xxhash
from numpy.typing import NDArray

from capgen.panel.cell.values import Array
from capgen.panel.chunks import Chunk
from capgen.panel.crossed import Crossed
from capgen.timeline.time_axis import TimeAxis

_MODULUS = 2**128


def chunk_digest(crossed: Crossed, chunk: Chunk, axis: TimeAxis) -> int:
    """Return the content digest of a chunk.

    It is the sum, modulo 2^128, of the XXH3-128 of each server's rows in each block. A sum does not
    depend on the rows' order or files. The hash covers the server's strings, the digest of the date
    columns, and all that differs from cell to cell. The date columns are hashed once, because a
    cross join repeats them for each server.

    Args:
        crossed: the chunk's servers, dates and cells.
        chunk: the chunk's servers and time.
        axis: the panel's time axis.
    """
    steps = chunk.span.size
    dates = [_bits(column) for column in crossed.dates.get_columns()]
    blocks = [
        block.span.overlap(chunk.span).within(chunk.span) for block in axis.blocks(chunk.span)
    ]
    date_digests = [_digest(b"", dates, rows).digest() for rows in blocks]
    values = [_bits(values) for values in crossed.values.values()]
    total = 0
    for server, words in enumerate(crossed.servers.rows()):
        for rows, date_digest in zip(blocks, date_digests, strict=True):
            cells = slice(server * steps + rows.start, server * steps + rows.stop)
            total += _digest("\0".join(words).encode() + date_digest, values, cells).intdigest()
    return total % _MODULUS


def combined(digests: Iterable[int]) -> int:
    """Return the digest of a whole from those of its parts.

    Args:
        digests: the digests of the parts.
    """
    return sum(digests) % _MODULUS


def as_text(digest: int) -> str:
    """Return a digest as 32 hexadecimal digits.

    Args:
        digest: a content digest below 2^128.
    """
    return f"{digest:032x}"


def _digest(start: bytes, columns: Iterable[NDArray[Any]], rows: slice) -> xxhash.xxh3_128:
    digest = xxhash.xxh3_128(start)
    for column in columns:
        digest.update(column[rows].data)
    return digest


def _bits(values: Array) -> NDArray[Any]:
    """Return a column as numbers; NaN stands for a missing metric, 0 for no text."""
    if not isinstance(values, pl.Series):
        return values
    if values.dtype == pl.Enum:
        texts = values.dtype.categories.to_list()  # type: ignore[attr-defined]
        hashes = [xxhash.xxh3_64_intdigest(text.encode()) for text in texts]
        codes = values.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
        cell_hashes: NDArray[np.uint64] = np.array([0, *hashes], np.uint64)[codes + 1]
        return cell_hashes
    numbers = values.to_numpy()
    return numbers.view(np.int64) if values.dtype == pl.Datetime else numbers
