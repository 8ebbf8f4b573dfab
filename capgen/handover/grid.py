"""The full grid: rows for the steps that a server lacks between its first and its last row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from capgen import sql
from capgen.dataset.description import Description

KEYS = ("server_id", "timestamp")


def on_grid(
    frames: Iterator[pl.DataFrame], described: Description, shift: timedelta
) -> Iterator[pl.DataFrame]:
    """Yield rows with those that are absent: metrics are null, labels and the calendar are not.

    Args:
        frames: rows sorted by server and timestamp, with columns server_id and timestamp.
        described: what the rows are.
        shift: what was added to their timestamps.
    """
    step = timedelta(minutes=described.step_minutes)
    last: pl.DataFrame | None = None
    for frame in frames:
        keys = frame.select(KEYS)
        absent = _absent(keys if last is None else pl.concat([last, keys]), step)
        last = keys.tail(1)
        yield _filled(frame, absent, described, shift) if absent.height else frame


def _absent(keys: pl.DataFrame, step: timedelta) -> pl.DataFrame:
    """Return the steps between neighbours of a server."""
    moment = pl.col("timestamp")
    between = keys.with_columns(
        (moment.shift(1) + step).alias("start"),
        (pl.col("server_id") == pl.col("server_id").shift(1)).alias("is_same"),
    ).filter(pl.col("is_same") & (pl.col("start") < moment))
    steps = pl.datetime_ranges("start", "timestamp", step, closed="left")
    return between.select("server_id", steps.alias("timestamp")).explode("timestamp")


def _filled(
    frame: pl.DataFrame, absent: pl.DataFrame, described: Description, shift: timedelta
) -> pl.DataFrame:
    known = absent.join(_days(absent, described, shift), on="timestamp", maintain_order="left")
    added = known.select(name for name in frame.columns if name in known.columns)
    whole = pl.concat([frame, added], how="diagonal").sort(KEYS)
    # A step that is absent lies between two rows of the same server.
    labels = pl.col([name for name in described.labels if name in frame.columns])
    return whole.with_columns(labels.forward_fill().backward_fill())


def _days(absent: pl.DataFrame, described: Description, shift: timedelta) -> pl.DataFrame:
    """Return the calendar of the steps that are absent."""
    steps = absent.select("timestamp").unique()
    dates = steps.with_columns((pl.col("timestamp") - shift).dt.date().alias("calendar_day"))
    span = {
        "first_day": dates["calendar_day"].min(),
        "last_day": dates["calendar_day"].max(),
    }
    with sql.open_database(described.calendar.tables()) as connection:
        days = sql.run_query(connection, "handover/days", span)
    return dates.join(days, on="calendar_day").drop("calendar_day")
