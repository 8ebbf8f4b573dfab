"""The whole panel as one lazy frame: it makes chunks on demand, and only those that are needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from capgen.columns import SERVER_COLUMNS
from capgen.config import Config
from capgen.panel.chunks import CHUNK_ROWS, Chunk, Partition, cut, partitions
from capgen.panel.clocks import COMMON_CLOCK
from capgen.panel.fleet import fleet_frame
from capgen.panel.frame import Panel, panel_of
from capgen.panel.lazy import answer, lazy_frame
from capgen.panel.predicates import conditions, uses_only
from capgen.panel.schema import date_columns, panel_schema
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span, TimeAxis

_PLAIN_DATE_COLUMNS = {"timestamp", "year", "month", "quarter", "dayofweek"}


def scan_config(config: Config) -> pl.LazyFrame:
    """Return the panel as a lazy frame, without writing it and without ever holding it whole.

    Columns that a query does not use are not drawn; conditions on servers and dates skip what
    cannot match; `head` stops early.

    Args:
        config: the panel's configuration.

    Returns:
        The panel's columns, year by year and archetype by archetype, sorted by server_id and
        timestamp within each. Every cell has the same bits as in a built dataset.
    """
    return lazy_frame(panel_schema(config), partial(_chunks, config))


def frames(
    config: Config, columns: Sequence[str] | None, predicate: pl.Expr | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a panel, piece by piece.

    Args:
        config: the panel's configuration.
        columns: which columns to return; by default all.
        predicate: which rows to return; by default all.

    Yields:
        Frames, at least one, that make up the answer in the order of `scan_config`.
    """
    return answer(panel_schema(config), partial(_chunks, config), columns, predicate)


def _chunks(
    config: Config, needed: Sequence[str], predicate: pl.Expr | None, rows: int
) -> Iterator[pl.DataFrame]:
    """Yield the needed columns of chunks of about so many rows in which the predicate may hold."""
    all_of = list(conditions(predicate))
    of_servers = [pl.lit(True), *(each for each in all_of if _uses_at_most(each, SERVER_COLUMNS))]
    fleet = fleet_frame(config).filter(of_servers)
    if fleet.is_empty():
        return
    counts = {name: fleet.filter(server_type=name).height for name in config.archetypes}
    whole = panel_of(config)
    fleets = {name: servers.filter(of_servers) for name, servers in whole.fleets.items()}
    panel = replace(whole, fleets=fleets)
    of_dates = [each for each in all_of if uses_only(each, date_columns(config))]
    for partition in partitions(config.axis, counts):
        narrowed = _narrowed(panel, partition, of_dates)
        if narrowed.rows:
            for chunk in cut(panel.axis, narrowed.whole, rows):
                yield panel.cells(chunk, panel.servers(chunk), needed)


def _narrowed(panel: Panel, partition: Partition, of_dates: Sequence[pl.Expr]) -> Partition:
    """Return the part of a partition that conditions on dates can hold for."""
    plain = [each for each in of_dates if _uses_at_most(each, _PLAIN_DATE_COLUMNS)]
    flagged = [each for each in of_dates if not _uses_at_most(each, _PLAIN_DATE_COLUMNS)]

    def plain_dates(piece: Chunk) -> pl.DataFrame:
        return _plain_dates(panel.axis, piece.span)

    def all_dates(piece: Chunk) -> pl.DataFrame:
        return panel.dates(piece.archetype, COMMON_CLOCK, piece.span)

    narrowed = _where(panel, partition, plain, plain_dates)
    return _where(panel, narrowed, flagged, all_dates)


def _uses_at_most(condition: pl.Expr, columns: Collection[str]) -> bool:
    return set(condition.meta.root_names()) <= set(columns)


def _where(
    panel: Panel,
    partition: Partition,
    conditions: Sequence[pl.Expr],
    dates_of: Callable[[Chunk], pl.DataFrame],
) -> Partition:
    """Cut off the steps before the first and after the last one on which all conditions hold."""
    if not conditions or not partition.rows:
        return partition
    found: list[int] = []
    for piece in cut(panel.axis, replace(partition, servers=1).whole, CHUNK_ROWS):
        dates = dates_of(piece).with_columns(year=pl.lit(partition.year, pl.Int64))
        holds = dates.select(pl.all_horizontal(conditions)).to_series().arg_true()
        if len(holds):
            found += [piece.span.first + holds[0], piece.span.first + holds[-1]]
    if not found:
        return replace(partition, span=Span(partition.span.first, partition.span.first))
    return replace(partition, span=Span(min(found), max(found) + 1))


def _plain_dates(axis: TimeAxis, span: Span) -> pl.DataFrame:
    """Return what follows from a timestamp alone, without asking the calendar."""
    stamp = pl.col("timestamp").dt
    return stamps(axis, span, None).select(
        "timestamp", month=stamp.month(), quarter=stamp.quarter(), dayofweek=stamp.weekday() - 1
    )
