"""Looks over a file of forecasts before any work: what is refused, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from capgen.errors import RequestError
from capgen.scores.files.refusals import (
    is_off_grid,
    refuse_off_grid,
    refuse_strangers,
    refuse_unread,
)
from capgen.scores.forecasts import Forecasts
from capgen.scores.models import METRIC
from capgen.scores.panel import Panel
from capgen.words import counted, listed

_SERIES = ["server_id", METRIC]


@dataclass(frozen=True)
class Survey:
    """What is scored.

    Args:
        start: the first step that is not known.
        stop: the last timestamp of a forecast that the panel has.
        servers: ids of the servers that have forecasts.
        metrics: names of the metrics that have forecasts.
        notes: what is left out, in words.
    """

    start: datetime
    stop: datetime
    servers: list[str]
    metrics: list[str]
    notes: list[str]


def survey_of(forecasts: Forecasts, panel: Panel, since: datetime | None) -> Survey:
    """Look over a file of forecasts.

    Args:
        forecasts: the file.
        panel: that they are laid beside.
        since: the first step that is not known, if the user says it.

    Raises:
        RequestError: the forecasts cannot be of this panel, or a row is there twice.
        CapgenError: the file cannot be read.
    """
    series = _series(forecasts, panel)
    if series.is_empty():
        raise RequestError(f"{forecasts.path}: expected forecasts, got no row")
    _check_moments(series, forecasts)
    _check_steps(series, forecasts, panel)
    _check_twice(series, forecasts)
    known = series.join(panel.servers, on="server_id", how="semi")
    if known.is_empty():
        names = series["server_id"].unique().sort().to_list()
        refuse_strangers(names, panel.servers.item(0, "server_id"))
    start = _start(forecasts, panel, since, known)
    servers = known["server_id"].unique().to_list()
    counts = forecasts.collected(
        forecasts.rows.filter(pl.col("server_id").is_in(servers)).select(
            before=(pl.col("timestamp") < start).sum(),
            after=(pl.col("timestamp") > panel.last).sum(),
            inside=pl.col("timestamp").is_between(start, panel.last).sum(),
            stop=pl.col("timestamp").filter(pl.col("timestamp") <= panel.last).max(),
        )
    ).row(0, named=True)
    if not counts["inside"]:
        first, last = known.select(pl.col("first").min(), pl.col("last").max()).row(0)
        raise RequestError(
            f"{forecasts.path}: expected forecasts of {start} or later, up to {panel.last}, the "
            f"end of the panel, got {first} to {last}; capgen extend makes a longer panel"
        )
    inside = known.filter(pl.col("last") >= start, pl.col("first") <= panel.last)
    return Survey(
        start=start,
        stop=counts["stop"],
        servers=inside["server_id"].unique().sort().to_list(),
        metrics=[name for name in panel.metrics if name in set(inside[METRIC])],
        notes=[*_strangers(series, panel), *_notes(inside, panel, start, counts)],
    )


def _series(forecasts: Forecasts, panel: Panel) -> pl.DataFrame:
    columns = [column for model in forecasts.models for column in model.columns]
    is_forecast = pl.any_horizontal(pl.col(columns).is_not_null())
    return forecasts.collected(
        forecasts.rows.group_by(_SERIES)
        .agg(
            rows=pl.len(),
            moments=pl.col("timestamp").n_unique(),
            unread=pl.col("timestamp").null_count(),
            first=pl.col("timestamp").filter(is_forecast).min(),
            last=pl.col("timestamp").max(),
            off_grid=is_off_grid(pl.col("timestamp"), panel).sum(),
        )
        .sort(_SERIES)
    )


def _check_moments(series: pl.DataFrame, forecasts: Forecasts) -> None:
    refuse_unread(int(series["unread"].sum()), forecasts.path)
    nameless = int(series.filter(pl.col("server_id").is_null())["rows"].sum())
    if nameless:
        raise RequestError(
            f"{forecasts.path}: expected a server in every row, got {counted(nameless, 'row')} "
            "without one"
        )


def _check_steps(series: pl.DataFrame, forecasts: Forecasts, panel: Panel) -> None:
    refuse_off_grid(int(series["off_grid"].sum()), panel)
    longest = series.sort("moments", descending=True).row(0, named=True)
    if longest["moments"] < 2:
        return
    rows = forecasts.rows.filter(server_id=longest["server_id"], metric=longest[METRIC])
    steps = forecasts.collected(
        rows.select(pl.col("timestamp").unique().sort().diff().drop_nulls())
    )
    shortest = steps.to_series().min()
    if isinstance(shortest, timedelta) and shortest > panel.step:
        text = str(shortest).removesuffix(", 0:00:00")
        raise RequestError(
            f"step: expected {panel.described.granularity}, as the panel has, got {text} at least "
            f"in {longest['server_id']}; capgen rollup makes a panel of longer steps"
        )


def _check_twice(series: pl.DataFrame, forecasts: Forecasts) -> None:
    twice = series.filter(pl.col("rows") > pl.col("moments"))
    if twice.is_empty():
        return
    number = int((twice["rows"] - twice["moments"]).sum())
    first = twice.row(0, named=True)
    rows = forecasts.rows.filter(server_id=first["server_id"], metric=first[METRIC])
    moment = forecasts.collected(
        rows.select(pl.col("timestamp").filter(pl.col("timestamp").is_duplicated()).min())
    ).item()
    raise RequestError(
        f"{forecasts.path}: expected one row for each server, timestamp and metric, got "
        f"{counted(number, 'more row')}, the first of {first['server_id']} at {moment} "
        f"({first[METRIC]})"
    )


def _start(
    forecasts: Forecasts, panel: Panel, since: datetime | None, known: pl.DataFrame
) -> datetime:
    first = known["first"].min()
    if not isinstance(first, datetime):
        raise RequestError(f"{forecasts.path}: expected a value in some row, got none")
    start = since or (forecasts.cutoff + panel.step if forecasts.cutoff else first)
    if (start - panel.first) % panel.step:
        raise RequestError(
            f"--from: expected a timestamp of the panel, {panel.described.granularity} from "
            f"{panel.first} on, got {start}"
        )
    return start


def _strangers(series: pl.DataFrame, panel: Panel) -> Iterator[str]:
    unknown = series.join(panel.servers, on="server_id", how="anti")
    if not unknown.is_empty():
        names = unknown["server_id"].unique().sort().to_list()
        rows = counted(int(unknown["rows"].sum()), "row")
        yield f"left out: {rows} of servers that the panel does not have: {listed(names)}"


def _notes(
    series: pl.DataFrame, panel: Panel, start: datetime, counts: dict[str, int]
) -> Iterator[str]:
    absent = panel.servers.join(series, on="server_id", how="anti")["server_id"].to_list()
    if absent:
        yield (
            f"not scored: {counted(len(absent), 'server')} of {panel.servers.height:,} without "
            f"forecasts: {listed(absent)}"
        )
    if counts["before"]:
        yield f"left out: {counted(counts['before'], 'row')} before {start}, which are known"
    if counts["after"]:
        yield (
            f"left out: {counted(counts['after'], 'row')} after {panel.last}, the end of the panel"
        )
