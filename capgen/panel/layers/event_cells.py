"""Which events each cell of some servers takes part in, and what they multiply its values by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from capgen.config import Config
from capgen.panel.layers.events import Event, Subject, events_of, subjects_of
from capgen.panel.time_axis import Span, TimeAxis


class Touched(NamedTuple):
    """An event and the cells that it touches.

    Args:
        event: the event.
        server: position of the server.
        steps: positions of the steps.
        span: the same steps.
    """

    event: Event
    server: int
    steps: slice
    span: Span


def touched_cells(config: Config, servers: pl.DataFrame, axis: TimeAxis, span: Span) -> list[Touched]:
    """Return the events that touch some cells, server by server, in the order of their ids.

    Args:
        config: a valid configuration.
        servers: the server frame.
        axis: the time axis.
        span: the steps.
    """
    if config.layers.events is None:
        return []
    known: dict[Subject, list[Event]] = {}  # an app's or region's are looked up once

    def of_subject(subject: Subject) -> list[Event]:
        if subject not in known:
            known[subject] = list(events_of(config, subject, axis, span))
        return known[subject]

    def of_server(position: int, row: tuple[str, str, str]) -> Iterator[Touched]:
        events = [event for subject in subjects_of(*row) for event in of_subject(subject)]
        for event in sorted(events, key=lambda event: event.id):
            steps = event.steps(axis, span)
            yield Touched(event, position, steps, Span(span.first + steps.start, span.first + steps.stop))

    # Column by column: a query on so few rows would take longer than all else here.
    rows = zip(*(servers[name].to_list() for name in ("server_id", "app_name", "region")), strict=True)
    return [each for position, row in enumerate(rows) for each in of_server(position, row)]
