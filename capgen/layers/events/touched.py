"""Which events each cell of some servers takes part in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from capgen.layers.conditions import ServerLabels, labels_of
from capgen.layers.events.incidents import (
    Event,
    Subject,
    listed_events,
    random_events,
    subjects_of,
)
from capgen.layers.events.settings import Events
from capgen.layers.scope import PanelFacts
from capgen.timeline.time_axis import Span


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


def touched_cells(
    settings: Events,
    panel: PanelFacts,
    servers: pl.DataFrame,
    span: Span,
    courses: Sequence[str] | None = None,
) -> list[Touched]:
    """Return the events that touch some cells, server by server, in the order of their ids.

    Args:
        settings: the layer's settings.
        panel: the panel that they happen in.
        servers: the server frame.
        span: the steps.
        courses: what the future of each server adds to subjects of random streams.
    """
    known: dict[tuple[Subject, str], list[Event]] = {}  # an app's or region's are looked up once

    def of_subject(subject: Subject, course: str) -> list[Event]:
        key = (subject, course)
        if key not in known:
            known[key] = list(random_events(settings, panel, subject, span, course))
        return known[key]

    listed = listed_events(settings, panel, span)
    scopes = {wanted.scope for wanted in settings.random.values()}

    def of_server(position: int, labels: ServerLabels, course: str) -> Iterator[Touched]:
        events = [each.event for each in listed if each.includes(labels)]
        for subject in subjects_of(labels):
            if subject.scope in scopes:
                events += of_subject(subject, course)
        for event in sorted(events, key=lambda event: event.id):
            steps = event.steps(panel.axis, span)
            here = Span(span.first + steps.start, span.first + steps.stop)
            yield Touched(event, position, steps, here)

    touched: list[Touched] = []
    for position, labels in enumerate(labels_of(servers)):
        touched += of_server(position, labels, courses[position] if courses else "")
    return touched
