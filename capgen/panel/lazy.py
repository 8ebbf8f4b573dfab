"""Rows as a lazy frame: they are made when a query runs, and only those that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl
from polars.io.plugins import register_io_source

from capgen.panel.chunks import CHUNK_ROWS

# Makes columns, of rows among which a predicate may hold, in frames of about so many rows.
Make = Callable[[Sequence[str], pl.Expr | None, int], Iterator[pl.DataFrame]]


def lazy_frame(schema: pl.Schema, make: Make) -> pl.LazyFrame:
    """Return a lazy frame of rows that are made on demand.

    Args:
        schema: all its columns.
        make: makes the rows.
    """

    def source(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        row_limit: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        return answer(schema, make, columns, predicate, row_limit)

    return register_io_source(source, schema=schema, is_pure=True)


def answer(
    schema: pl.Schema,
    make: Make,
    columns: Sequence[str] | None,
    predicate: pl.Expr | None,
    row_limit: int | None = None,
) -> Iterator[pl.DataFrame]:
    """Yield what a query asks for.

    Args:
        schema: all columns.
        make: makes the rows.
        columns: which columns to return; by default all.
        predicate: which rows to return; by default all.
        row_limit: how many of all rows to look at, from the first on; by default all.

    Yields:
        Frames, at least one, in the order of the rows.
    """
    wanted = list(schema.names() if columns is None else columns)
    used = predicate.meta.root_names() if predicate is not None else []
    needed = [name for name in schema.names() if name in {*wanted, *used}]
    yield pl.DataFrame(schema=schema).select(wanted)
    if row_limit is None:
        made = make(needed, predicate, CHUNK_ROWS)
    else:  # Polars means the predicate for the first rows alone: none may be skipped
        made = _first(row_limit, make(needed, None, min(row_limit, CHUNK_ROWS)))
    for frame in made:
        rows = frame if predicate is None else frame.filter(predicate)
        yield rows.select(wanted)


def _first(rows: int, frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    if not rows:
        return
    left = rows
    for frame in frames:
        yield frame[:left]
        left -= frame.height
        if left <= 0:
            return
