"""Futures as one lazy frame: it makes pieces on demand, and only those that are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

import polars as pl
from polars.io.plugins import register_io_source

from capgen.columns import schema_of
from capgen.foresight.asked import Asked, ConfigOrFolder, asked_of
from capgen.foresight.narrowing import left, steps_left, with_servers
from capgen.foresight.pieces import DRAW, futures_of
from capgen.panel.chunks import CHUNK_ROWS
from capgen.panel.predicates import conditions
from capgen.system.forking import check_polars_answers
from capgen.timeline.time_axis import Span

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
        lies ahead; of each part years, archetypes, servers, draws, and times.

    Raises:
        RequestError: nothing can go on from there, or something is asked for that is not there.
    """
    check_polars_answers()
    asked = asked_of(source, start, draws, servers=servers, metrics=metrics, until=until, keep=keep)
    schema = futures_schema(asked)

    def frames(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        row_limit: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        wanted = columns or schema.names()
        used = predicate.meta.root_names() if predicate is not None else []
        needed = [name for name in schema.names() if name in {*wanted, *used}]
        yield pl.DataFrame(schema=schema).select(wanted)
        for frame in _possible(asked, needed, predicate, row_limit):
            rows = frame if predicate is None else frame.filter(predicate)
            yield rows.select(wanted)

    return register_io_source(frames, schema=schema, is_pure=True)


def futures_schema(asked: Asked) -> pl.Schema:
    """Return the columns of futures.

    Args:
        asked: what is asked for.
    """
    of_panel = schema_of([*_KEYS, *asked.columns], asked.columns)
    return pl.Schema({DRAW: pl.Int32(), **of_panel})


def _possible(
    asked: Asked, needed: Sequence[str], predicate: pl.Expr | None, row_limit: int | None
) -> Iterator[pl.DataFrame]:
    """Yield the needed columns of rows among which the predicate may hold.

    With a limit, the predicate is meant for the first rows only: nothing may be skipped.
    """
    if row_limit is None:
        yield from _frames(asked, predicate, needed, CHUNK_ROWS)
        return
    left = row_limit
    for frame in _frames(asked, None, needed, min(row_limit, CHUNK_ROWS)):
        yield frame[:left]
        left -= frame.height
        if left <= 0:
            return


def _frames(
    asked: Asked, predicate: pl.Expr | None, needed: Sequence[str], rows: int
) -> Iterator[pl.DataFrame]:
    every = list(conditions(predicate))
    draws = left(pl.Series(DRAW, range(asked.draws + 1), pl.Int32), every).to_list()
    narrowed = with_servers(asked, every)
    window = steps_left(asked, every)
    columns = [name for name in needed if name != DRAW] or ["timestamp"]
    if not (rows and draws and window.size):
        return
    known, ahead = (_both(part, window) for part in (asked.known, asked.ahead))
    opened = futures_of(narrowed)
    for chunk in opened.chunks(known, rows):
        yield from opened.known(chunk, draws, columns)
    for chunk in opened.chunks(ahead, rows):
        for piece in opened.by_draws(chunk, draws, rows):
            yield opened.frame(piece, columns)


def _both(part: Span, window: Span) -> Span:
    return Span(max(part.first, window.first), min(part.stop, window.stop))
