"""Which events each cell of some servers takes part in, and what they multiply its values by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from capgen.config import Config
from capgen.panel.layers.events import (
    Event,
    ServerLabels,
    Subject,
    labels_of,
    listed_events,
    random_events,
    subjects_of,
)
from capgen.timeline.time_axis import Span, TimeAxis


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
            known[subject] = list(random_events(config, subject, axis, span))
        return known[subject]

    listed = listed_events(config, axis, span)

    def of_server(position: int, labels: ServerLabels) -> Iterator[Touched]:
        events = [event for subject in subjects_of(labels) for event in of_subject(subject)]
        events += [each.event for each in listed if each.includes(labels)]
        for event in sorted(events, key=lambda event: event.id):
            steps = event.steps(axis, span)
            yield Touched(event, position, steps, Span(span.first + steps.start, span.first + steps.stop))

    every = enumerate(labels_of(servers))
    return [each for position, labels in every for each in of_server(position, labels)]
