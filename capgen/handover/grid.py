"""The full grid: a row for each step of a server from its first value to its last one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta

import polars as pl

KEYS = ("server_id", "timestamp")


def on_grid(
    frames: Iterator[pl.DataFrame],
    lives: pl.DataFrame,
    step: timedelta,
    labels: Collection[str],
    days: Callable[[], pl.DataFrame],
) -> Iterator[pl.DataFrame]:
    """Yield the rows of servers' lives, with those that are absent.

    Metrics of the latter are null, labels and the calendar are not.

    Args:
        frames: rows sorted by server and timestamp, with columns server_id and timestamp.
        lives: as `lives_of` returns them; a server that has no values is left out.
        step: the time between two timestamps of a server.
        labels: columns of servers' labels.
        days: returns the calendar, with a column calendar_day; asked for where rows are absent.
    """
    last: pl.DataFrame | None = None
    for whole in frames:
        frame = _within(whole, lives)
        keys = frame.select(KEYS)
        absent = _absent(keys if last is None else pl.concat([last, keys]), step)
        last = keys.tail(1) if keys.height else last
        yield _filled(frame, absent, labels, days()) if absent.height else frame


def _within(frame: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    ends = frame.join(lives, on="server_id", maintain_order="left")
    is_alive = pl.col("timestamp").is_between("first", "last")
    return ends.filter(is_alive).select(frame.columns)


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
    frame: pl.DataFrame, absent: pl.DataFrame, labels: Collection[str], days: pl.DataFrame
) -> pl.DataFrame:
    dates = absent.with_columns(pl.col("timestamp").dt.date().alias("calendar_day"))
    known = dates.join(days, on="calendar_day", maintain_order="left")
    added = known.select(name for name in frame.columns if name in known.columns)
    whole = pl.concat([frame, added], how="diagonal").sort(KEYS)
    # A step that is absent lies between two rows of the same server.
    texts = pl.col([name for name in labels if name in frame.columns])
    return whole.with_columns(texts.forward_fill().backward_fill())
