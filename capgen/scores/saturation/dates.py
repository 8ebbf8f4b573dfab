"""The first day on which each series reaches the limit."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from capgen.columns import expected_column
from capgen.foresight.scanning import futures
from capgen.panel.scanning import scan_config
from capgen.scores.saturation.question import Question

_SERVER = "server_id"
_DRAW = "draw"


def first_days(question: Question, servers: Sequence[str]) -> pl.DataFrame:
    """Return when some servers reach the limit, by the expected value and by the drawn one.

    Args:
        question: what is asked.
        servers: their ids.

    Returns:
        Columns server_id, server_type, expected and drawn: the day; null where it is not reached.
    """
    column = question.metric.column
    config = question.config.model_copy(update={"truth": True})
    rows = (
        scan_config(config)
        .filter(pl.col(_SERVER).is_in(servers), _in_time(question))
        .select(_SERVER, "server_type", "timestamp", column, expected_column(column))
        .collect()
        .sort(_SERVER, "timestamp")
    )
    days = {
        "expected": _first_day(question, expected_column(column), [_SERVER]),
        "drawn": _first_day(question, column, [_SERVER]),
    }
    reached = [
        rows.select(_SERVER, "timestamp", beside=beside).pipe(_days, question, name, [_SERVER])
        for name, beside in days.items()
    ]
    found = rows.select(_SERVER, "server_type").unique().sort(_SERVER)
    for each in reached:
        found = found.join(each, on=_SERVER, how="left", maintain_order="left")
    return found


def drawn_days(question: Question, servers: Sequence[str]) -> pl.DataFrame:
    """Return when some servers reach the limit in each future.

    Args:
        question: what is asked.
        servers: their ids.

    Returns:
        Columns server_id, draw (from 1) and day, of the futures in which it is reached.
    """
    column = question.metric.column
    series = [_DRAW, _SERVER]
    rows = (
        futures(
            question.config,
            question.start,
            question.asked.draws,
            servers=servers,
            metrics=[question.key],
            until=question.stop.date(),
        )
        .filter(pl.col(_DRAW) > 0, _in_time(question))
        .collect()
        .sort(*series, "timestamp")
    )
    beside = _first_day(question, column, series)
    return rows.select(*series, "timestamp", beside=beside).pipe(_days, question, "day", series)


def _in_time(question: Question) -> pl.Expr:
    return pl.col("timestamp").is_between(question.earliest, question.stop)


def _first_day(question: Question, column: str, series: list[str]) -> pl.Expr:
    return question.rule.over(column, series, question.step)


def _days(rows: pl.DataFrame, question: Question, name: str, series: list[str]) -> pl.DataFrame:
    reached = rows.filter(pl.col("timestamp") >= question.start, pl.col("beside") >= question.limit)
    day = pl.col("timestamp").min().dt.date()
    return reached.group_by(series).agg(day.alias(name))
