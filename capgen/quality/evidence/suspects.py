"""What is wrong with the timestamps of suspected servers, as many as memory allows."""

from __future__ import annotations

import polars as pl

from capgen import sql
from capgen.quality.source import Source

_MOST_CELLS = 4_000_000  # some 300 MB while they are looked at


def look_at(source: Source, suspects: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Look at the timestamps of the first suspects; counts must do for the others.

    Args:
        source: an open dataset.
        suspects: server_id, timestamps (how many it has), steps (how many it should have),
            first_timestamp, last_timestamp (of those that it should have).

    Returns:
        What is wrong with the first ones, as `sql/checks/timestamps.sql` says, and the others.
    """
    cells = suspects["timestamps"].cast(pl.Int64).cum_sum() + suspects["steps"].cum_sum()
    first = suspects.filter((cells <= _MOST_CELLS) | (pl.int_range(pl.len()) == 0))
    spans = first.select("server_id", "first_timestamp", "last_timestamp")
    source.connection.register("suspects", spans)
    step = {"step_minutes": source.described.step_minutes}
    found = sql.run_query(source.connection, "checks/timestamps", step)
    return found, suspects[first.height :]
