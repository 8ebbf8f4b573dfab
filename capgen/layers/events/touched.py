"""Which events each cell of some servers takes part in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from capgen.layers.conditions import labels_of
from capgen.layers.events.incidents import Event, listed_events, random_events, subjects_of
from capgen.layers.events.settings import Events
from capgen.layers.scope import PanelFacts
from capgen.timeline.time_axis import Span


class Touched(NamedTuple):
    """An event and the cells that it touches.

    Args:
        event: the event.
        server: position of the server.
        steps: positions of the steps.
        first: the step at position 0.
    """

    event: Event
    server: int
    steps: slice
    first: int

    @property
    def span(self) -> Span:
        """The same steps."""
        return Span(self.first + self.steps.start, self.first + self.steps.stop)


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
    subjects = subjects_of(settings, servers, courses or [""] * servers.height)
    struck = [
        (event, positions)
        for subject, positions in subjects.items()
        for event in random_events(settings, panel, subject, span)
    ]
    listed = listed_events(settings, panel, span)
    every = list(labels_of(servers)) if listed else []
    for each in listed:
        positions = [position for position, labels in enumerate(every) if each.includes(labels)]
        struck.append((each.event, positions))
    touched = [
        Touched(event, position, event.steps(panel.axis, span), span.first)
        for event, positions in struck
        for position in positions
    ]
    return sorted(touched, key=lambda cells: (cells.server, cells.event.id))
