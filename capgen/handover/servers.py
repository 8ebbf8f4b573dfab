"""What there is to say of servers: their labels, and the steps of their first and last value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

_LIVES = {"server_id": pl.String(), "first": pl.Datetime("us"), "last": pl.Datetime("us")}


def servers_of(frames: Iterable[pl.DataFrame], labels: Sequence[str]) -> pl.DataFrame:
    """Return the servers with their labels, in the order of the rows.

    Args:
        frames: rows with columns server_id and those of the labels.
        labels: columns of labels.

    Returns:
        Columns server_id and those of the labels, one row a server.
    """
    first = [pl.col(name).first() for name in labels]
    # As plain values: text of a frame would keep the whole frame in memory.
    found = [
        row
        for frame in frames
        for row in frame.group_by("server_id", maintain_order=True).agg(first).iter_rows()
    ]
    schema = dict.fromkeys(["server_id", *labels], pl.String())
    parts = pl.DataFrame(found, schema, orient="row")
    return parts.unique("server_id", keep="first", maintain_order=True)


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
