"""Which events each cell of some servers takes part in, and what they multiply its values by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.panel.layers.events import Event, Subject, events_of, subjects_of
from capgen.panel.time_axis import Span, TimeAxis

SEPARATOR = "+"  # between the ids of events that overlap
Codes = NDArray[np.int32]


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


class EventCodes:
    """Numbers for sets of event ids, so that a column of them can be filled like one of numbers.

    Code 0 stands for no event.
    """

    def __init__(self) -> None:
        self._texts = [""]
        self._codes: dict[tuple[int, str], int] = {}

    def mark(self, codes: Codes, touched: Touched) -> None:
        """Add an event to the cells that it touches.

        Args:
            codes: shape (servers, steps).
            touched: the event, and where.
        """
        here = codes[touched.server, touched.steps]
        befores = [0] if not here.any() else np.unique(here).tolist()
        for before, now in [(before, self._with(before, touched.event.id)) for before in befores]:
            here[here == before] = now

    def column(self, codes: Codes) -> pl.Series:
        """Return the ids of each cell's events, null where there is none.

        Args:
            codes: of any shape.
        """
        texts = pl.Series([None, *self._texts[1:]], dtype=pl.Enum(self._texts[1:]))
        return texts.gather(codes.ravel())

    def _with(self, before: int, event_id: str) -> int:
        key = (before, event_id)
        if key not in self._codes:
            self._codes[key] = len(self._texts)
            self._texts.append(SEPARATOR.join(filter(None, [self._texts[before], event_id])))
        return self._codes[key]
