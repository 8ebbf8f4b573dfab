"""A file of what a detector flags: points, scores of points, or intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from capgen.errors import RequestError
from capgen.scores.anomalies.window import check_some_inside
from capgen.scores.files.moments import moments_of
from capgen.scores.files.opened import collected, open_table, role_of, schema_of
from capgen.scores.files.refusals import (
    is_off_grid,
    refuse_off_grid,
    refuse_strangers,
    refuse_unread,
)
from capgen.scores.models import SERVER, TIMESTAMP
from capgen.scores.panel import Panel
from capgen.words import counted, listed

IS_ANOMALY = "is_anomaly"
SCORE = "score"
START = "start"
END = "end"
_WORDS = {
    **dict.fromkeys(["1", "true", "yes"], True),
    **dict.fromkeys(["0", "false", "no", ""], False),
}


@dataclass(frozen=True)
class Flags:
    """What a detector flags.

    Args:
        path: of the file.
        rows: server_id and timestamp of each flagged step; a step may be there twice.
        notes: what was left out, or read in another way than it was written.
    """

    path: Path
    rows: pl.LazyFrame
    notes: Sequence[str]

    def of_servers(self, servers: Sequence[str]) -> pl.DataFrame:
        """Return the flagged steps of some servers, each once.

        Args:
            servers: their ids.

        Raises:
            CapgenError: the file cannot be read.
        """
        chosen = self.rows.filter(pl.col("server_id").is_in(servers))
        return collected(chosen.unique(), self.path)


def read_flags(path: Path, panel: Panel, since: datetime, threshold: float | None) -> Flags:
    """Open a file of what a detector flags.

    Args:
        path: of Parquet or CSV: server_id (or unique_id), and either timestamp (or ds) with
            is_anomaly or score, or start and end.
        panel: that the detector looked at.
        since: the first timestamp that counts.
        threshold: scores above it are flags.

    Raises:
        RequestError: the file has no such columns, its rows cannot be of this panel, or all that
            it flags lies at other times.
        CapgenError: the file cannot be read.
    """
    frame = open_table(path, [*SERVER, *TIMESTAMP, START, END])
    schema = schema_of(frame, path)
    server = pl.col(role_of(schema, SERVER, path)).cast(pl.String).alias("server_id")
    is_interval = START in schema and END in schema
    if is_interval and threshold is not None:
        raise RequestError("--threshold: expected scores of points, got intervals")
    times = [START, END] if is_interval else [role_of(schema, TIMESTAMP, path)]
    moments = [moments_of(frame, name, schema[name], path) for name in times]
    told = dict.fromkeys(moment.note for moment in moments if moment.note is not None)
    expressions = [moment.expression for moment in moments]
    if is_interval:
        rows = frame.select(server, *map(_named, expressions, [START, END]), _written(END))
        _check_intervals(rows, path)
        check_some_inside(rows.select(START, END), panel, since, path)
        steps = _steps(rows, panel)
    else:
        rows = frame.select(
            server, _named(expressions[0], "timestamp"), _is_flag(schema, threshold, path)
        )
        _check_points(rows, panel, path)
        steps = rows.filter("is_flag").select("server_id", "timestamp")
        moment = pl.col("timestamp")
        check_some_inside(steps.select(start=moment, end=moment), panel, since, path)
    return Flags(path, steps, [*told, *_notes(rows.select("server_id"), panel, path)])


def _named(expression: pl.Expr, name: str) -> pl.Expr:
    return expression.alias(name)


def _written(column: str) -> pl.Expr:
    return pl.col(column).is_not_null().alias("has_end")


def _is_flag(schema: pl.Schema, threshold: float | None, path: Path) -> pl.Expr:
    """Return whether each row is a flag; null where it does not say it in a way that is known."""
    if threshold is not None:
        if SCORE not in schema or not schema[SCORE].is_numeric():
            raise RequestError(f"{path}: expected a column score of numbers beside --threshold")
        return (pl.col(SCORE).fill_nan(None) > threshold).fill_null(False).alias("is_flag")
    if IS_ANOMALY in schema:
        return _is_anomaly(schema).alias("is_flag")
    if SCORE in schema:
        raise RequestError(
            f"{path}: expected a --threshold that flagged scores are above, got none"
        )
    raise RequestError(
        f"{path}: expected a column is_anomaly or score beside timestamps, or columns start and "
        f"end, got {', '.join(schema.names())}"
    )


def _is_anomaly(schema: pl.Schema) -> pl.Expr:
    value = pl.col(IS_ANOMALY)
    if isinstance(schema[IS_ANOMALY], pl.String):
        word = value.str.strip_chars().str.to_lowercase().fill_null("")
        return word.replace_strict(_WORDS, default=None, return_dtype=pl.Boolean)
    number = value.cast(pl.Float64).fill_nan(None).fill_null(0)
    # Other numbers may mean the contrary: some detectors write -1 for an anomaly, and 1 for none.
    return pl.when((number == 0) | (number == 1)).then(number == 1)


def _check_points(rows: pl.LazyFrame, panel: Panel, path: Path) -> None:
    moment = pl.col("timestamp")
    asked = rows.select(
        unread=moment.null_count(),
        off_grid=is_off_grid(moment, panel).sum(),
        unsaid=pl.col("is_flag").null_count(),
    )
    unread, off_grid, unknown = collected(asked, path).row(0)
    if unknown:
        raise RequestError(
            f"{path}: is_anomaly: expected 0 or 1, or true or false, got "
            f"{counted(unknown, 'row')} with something else"
        )
    refuse_unread(unread, path)
    refuse_off_grid(off_grid, panel)


def _check_intervals(rows: pl.LazyFrame, path: Path) -> None:
    start = pl.col(START)
    end = pl.col(END)
    asked = rows.select(
        unread=(start.is_null() | (end.is_null() & pl.col("has_end"))).sum(),
        backwards=(end < start).sum(),
    )
    unread, backwards = collected(asked, path).row(0)
    if unread:
        raise RequestError(
            f"{path}: expected a start such as 2024-01-31 13:00 in every row, and an end or none, "
            f"got {counted(unread, 'row')} without"
        )
    if backwards:
        raise RequestError(
            f"{path}: expected intervals that end after their start, got "
            f"{counted(backwards, 'row')} ending before"
        )


def _steps(intervals: pl.LazyFrame, panel: Panel) -> pl.LazyFrame:
    """Return the steps that intervals touch; the end is no part of one, if it is not its start."""
    step = panel.step_microseconds
    stop = panel.last + panel.step
    place = (pl.col(START) - panel.first).dt.total_microseconds() // step
    first = panel.first + pl.duration(microseconds=place * step)
    end = pl.col(END).fill_null(stop).clip(None, stop)
    after = pl.max_horizontal(end, first + panel.step)
    within = intervals.with_columns(first=pl.max_horizontal(first, pl.lit(panel.first)))
    steps = pl.datetime_ranges("first", "after", interval=panel.step, closed="left")
    return (
        within.with_columns(after=after)
        .filter(pl.col("first") < pl.col("after"))
        .select("server_id", timestamp=steps)
        .explode("timestamp")
    )


def _notes(rows: pl.LazyFrame, panel: Panel, path: Path) -> Iterator[str]:
    servers = collected(rows.group_by("server_id").len().sort("server_id"), path)
    unknown = servers.join(panel.servers, on="server_id", how="anti")
    names = [str(name) for name in unknown["server_id"]]
    if unknown.height == servers.height:
        refuse_strangers(names, panel.servers.item(0, "server_id"))
    if names:
        number = counted(int(unknown["len"].sum()), "row")
        yield f"left out: {number} of servers that the panel does not have: {listed(names)}"
