"""Runs of steps without a break."""

from __future__ import annotations

from datetime import timedelta

import polars as pl


def run_of(step: timedelta) -> pl.Expr:
    """Return the number of the run that each row belongs to, of rows sorted by server and time.

    Args:
        step: between two timestamps.
    """
    is_new_server = pl.col("server_id").ne_missing(pl.col("server_id").shift())
    is_after_break = pl.col("timestamp").diff().ne_missing(pl.lit(step))
    return (is_new_server | is_after_break).cum_sum()
