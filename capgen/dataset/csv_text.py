"""Rows as text: the one form of timestamps in CSV files, whichever command writes them."""

from __future__ import annotations

import polars as pl

TIME_OF_DAY = "%H:%M:%S%.f"  # parts of a second appear only if there are any
TIMESTAMP = f"%Y-%m-%d {TIME_OF_DAY}"


def csv_text(rows: pl.DataFrame, *, header: bool) -> str:
    """Return rows as CSV.

    Args:
        rows: a frame with any columns.
        header: begin with the columns' names.
    """
    return rows.write_csv(include_header=header, datetime_format=TIMESTAMP, time_format=TIME_OF_DAY)
