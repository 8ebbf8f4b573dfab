"""Futures as one lazy frame: it makes pieces on demand, and only those that are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial

import polars as pl

from capgen.columns import schema_of
from capgen.foresight.asked import Asked, ConfigOrFolder, asked_of
from capgen.foresight.narrowing import left, steps_left, with_servers
from capgen.foresight.pieces import DRAW, futures_of
from capgen.panel.lazy import lazy_frame
from capgen.panel.predicates import conditions
from capgen.system.forking import check_polars_answers

_KEYS = ("server_id", "timestamp")


def futures(
    source: ConfigOrFolder,
    start: datetime | date | str,
    draws: int = 200,
    *,
    servers: Iterable[str] | None = None,
    metrics: Iterable[str] | None = None,
    until: date | str | None = None,
    keep: Iterable[str] = (),
) -> pl.LazyFrame:
    """Return futures of a panel: they share its past, and go on from there by its model.

    Number 0 is the panel itself; the others draw what lies ahead anew, given all that the past has
    reached. Columns that a query does not use are not drawn; conditions on draw, server_id and
    timestamp skip what cannot match.

    Args:
        source: a configuration, or the folder of a dataset that was built.
        start: the first moment that is not known, in UTC.
        draws: number of futures, beside the panel itself.
        servers: ids of servers; by default all.
        metrics: keys of metrics; by default all.
        until: last day, which may lie after the panel's; by default that.
        keep: what happens as it does in the panel: spikes, events, outliers, gaps.

    Returns:
        Columns draw, server_id, timestamp, and those of the metrics. First what is known, then what
        lies ahead; of each part years, archetypes, some servers at a time, draws, servers, times.

    Raises:
        RequestError: nothing can go on from there, or something is asked for that is not there.
    """
    check_polars_answers()
    asked = asked_of(source, start, draws, servers=servers, metrics=metrics, until=until, keep=keep)
    return lazy_frame(futures_schema(asked), partial(_frames, asked))


def futures_schema(asked: Asked) -> pl.Schema:
    """Return the columns of futures.

    Args:
        asked: what is asked for.
    """
    of_panel = schema_of([*_KEYS, *asked.columns], asked.columns)
    return pl.Schema({DRAW: pl.Int32(), **of_panel})


def _frames(
    asked: Asked, needed: Sequence[str], predicate: pl.Expr | None, _rows: int
) -> Iterator[pl.DataFrame]:
    """Yield the needed columns of pieces in which the predicate may hold.

    Whatever is asked for, pieces are alike: how they are cut decides the order of the rows.
    """
    every = list(conditions(predicate))
    draws = left(pl.Series(DRAW, range(asked.draws + 1), pl.Int32), every).to_list()
    narrowed = with_servers(asked, every)
    window = steps_left(asked, every)
    columns = [name for name in needed if name != DRAW] or ["timestamp"]
    if not (draws and window.size):
        return
    opened = futures_of(narrowed)
    for chunk in opened.chunks(asked.known.overlap(window)):
        yield from opened.known(chunk, draws, columns)
    for chunk in opened.chunks(asked.ahead.overlap(window)):
        for piece in opened.by_draws(chunk, draws):
            yield opened.frame(piece, columns)
