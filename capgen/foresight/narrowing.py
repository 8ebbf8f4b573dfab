"""What conditions on single columns leave of what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from capgen.foresight.asked import Asked
from capgen.panel.fleet import server_ids
from capgen.panel.predicates import uses_only
from capgen.timeline.epoch import minute_number
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span


def left(values: pl.Series, every: Sequence[pl.Expr]) -> pl.Series:
    """Return the values of a column that the conditions on it alone leave.

    Args:
        values: of the column, by its name.
        every: conditions that must all hold, on any columns.
    """
    own = [each for each in every if uses_only(each, [values.name])]
    return values.to_frame().filter(own).to_series() if own else values


def with_servers(asked: Asked, every: Sequence[pl.Expr]) -> Asked:
    """Return what is asked for, of the servers that conditions leave.

    Args:
        asked: what is asked for.
        every: conditions that must all hold, on any columns.
    """
    if not any(uses_only(each, ["server_id"]) for each in every):
        return asked
    ids = server_ids(asked.config) if asked.servers is None else sorted(asked.servers)
    return replace(asked, servers=frozenset(left(pl.Series("server_id", ids), every)))


def steps_left(asked: Asked, every: Sequence[pl.Expr]) -> Span:
    """Return the steps from the first to the last one that conditions leave.

    Args:
        asked: what is asked for.
        every: conditions that must all hold, on any columns.
    """
    axis = asked.config.axis
    window = Span(axis.span.first, asked.stop)
    if not any(uses_only(each, ["timestamp"]) for each in every):
        return window
    times = left(stamps(axis, window, None)["timestamp"], every)
    if times.is_empty():
        return Span(window.first, window.first)
    first, last = (minute_number(times[at]) // axis.step_minutes for at in (0, -1))
    return Span(first, last + 1)
