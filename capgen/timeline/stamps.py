"""Timestamps, and what a clock shows at them."""

from __future__ import annotations

import polars as pl

from capgen.timeline.time_axis import Span, TimeAxis

_SATURDAY = 6  # as Polars counts, from Monday = 1


def is_weekend(local_time: pl.Expr) -> pl.Expr:
    """Return whether times lie on a Saturday or a Sunday, as the SQL macro `is_weekend` does.

    Args:
        local_time: what a clock shows.
    """
    return local_time.dt.weekday() >= _SATURDAY


def stamps(axis: TimeAxis, span: Span, zone: str | None) -> pl.DataFrame:
    """Return timestamps and what a clock shows at them.

    Args:
        axis: the time axis.
        span: some steps.
        zone: the clock's; None for UTC.

    Returns:
        Columns timestamp and local_time.
    """
    first = axis.timestamp(span.first)
    last = axis.timestamp(span.stop - 1)
    stamp = pl.col("timestamp")
    utc = stamp.dt.replace_time_zone("UTC")
    local = stamp if zone is None else utc.dt.convert_time_zone(zone)
    timestamps = pl.datetime_range(first, last, f"{axis.step_minutes}m", time_unit="us")
    return pl.select(timestamp=timestamps).with_columns(local_time=local.dt.replace_time_zone(None))
