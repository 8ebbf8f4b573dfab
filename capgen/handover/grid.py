"""The full grid: a row for each step of a server from its first value to its last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import polars as pl

from capgen import sql
from capgen.dataset.description import Description

KEYS = ("server_id", "timestamp")
_LIVES = {"server_id": pl.String(), "first": pl.Datetime("us"), "last": pl.Datetime("us")}


def lives_of(frames: Iterable[pl.DataFrame], metrics: Sequence[str]) -> pl.DataFrame:
    """Return the steps of the first and the last value of each server that has any.

    Args:
        frames: rows with columns server_id, timestamp and those of the metrics.
        metrics: columns of metrics, any of which counts.

    Returns:
        Columns server_id, first, last.
    """
    moment = pl.col("timestamp")
    has_value = pl.any_horizontal(pl.col(metrics).is_not_null())
    # As plain values: text of a frame would keep the whole frame in memory.
    found = [
        row
        for frame in frames
        for row in frame.filter(has_value)
        .group_by("server_id", maintain_order=True)
        .agg(first=moment.min(), last=moment.max())
        .iter_rows()
    ]
    parts = pl.DataFrame(found, _LIVES, orient="row")
    ends = [pl.col("first").min(), pl.col("last").max()]
    return parts.group_by("server_id", maintain_order=True).agg(ends)


def on_grid(
    frames: Iterator[pl.DataFrame],
    lives: pl.DataFrame,
    described: Description,
    shift: timedelta,
) -> Iterator[pl.DataFrame]:
    """Yield the rows of servers' lives, with those that are absent.

    Metrics of the latter are null, labels and the calendar are not.

    Args:
        frames: rows sorted by server and timestamp, with columns server_id and timestamp.
        lives: as `lives_of` returns them; a server that has no values is left out.
        described: what the rows are.
        shift: what was added to their timestamps.
    """
    step = timedelta(minutes=described.step_minutes)
    last: pl.DataFrame | None = None
    for whole in frames:
        frame = _within(whole, lives)
        keys = frame.select(KEYS)
        absent = _absent(keys if last is None else pl.concat([last, keys]), step)
        last = keys.tail(1) if keys.height else last
        yield _filled(frame, absent, described, shift) if absent.height else frame


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
