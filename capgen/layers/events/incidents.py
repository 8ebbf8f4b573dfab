"""Incidents: which come about, when, and what they do to values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from capgen.draws.arrays import Floats
from capgen.draws.intervals import exponential, intervals, minutes_of, steps_touched
from capgen.layers.conditions import ATTRIBUTES, ServerLabels, Values, condition_text, holds_for
from capgen.layers.events.settings import Events, EventType, ListedEvent, RandomEvents
from capgen.layers.ledger_line import FOR_EVER
from capgen.layers.scope import PanelFacts
from capgen.settings.metric import Metrics, source_of
from capgen.timeline.epoch import MINUTES_PER_HOUR, minute_number
from capgen.timeline.time_axis import Span, TimeAxis


class Subject(NamedTuple):
    """What an event happens to.

    Args:
        scope: server, app, region …; or where, a condition.
        name: name of the server, app, region …; or the condition as text.
        course: what a future adds to it as the subject of random streams.
    """

    scope: str
    name: str
    course: str = ""


class Event(NamedTuple):
    """An incident.

    Args:
        id: unique in the panel, whatever part of it is asked for.
        type: what happens.
        subject: whom it happens to.
        metrics: keys of the drawn metrics that it changes.
        start: minutes since 1970-01-01 00:00.
        stop: the minute after its last one.
        magnitude: what values are multiplied by in the end.
        cause: the configured cause.
    """

    id: str
    type: EventType
    subject: Subject
    metrics: tuple[str, ...]
    start: int
    stop: int
    magnitude: float
    cause: str

    def steps(self, axis: TimeAxis, span: Span) -> slice:
        """Return which of some steps it touches."""
        return steps_touched(axis, span, self.start, self.stop)

    def factor(self, axis: TimeAxis, span: Span) -> Floats | float:
        """Return what values are multiplied by, at each of some steps: only a leak ramps up.

        Args:
            axis: the time axis.
            span: steps that it touches.
        """
        if self.type != "memory_leak":
            return self.magnitude
        ends = np.arange(span.first + 1, span.stop + 1) * float(axis.step_minutes)  # of steps
        progress = np.clip((ends - self.start) / (self.stop - self.start), 0, 1)
        return 1 + (self.magnitude - 1) * progress


@dataclass(frozen=True, slots=True)
class Listed:
    """An event at a set time.

    Args:
        event: the event.
        condition: the values that a server needs one of, by attribute.
    """

    event: Event
    condition: Values

    def includes(self, labels: ServerLabels) -> bool:
        """Tell whether a server takes part."""
        return holds_for(self.condition, labels)


def subjects_of(
    settings: Events, servers: pl.DataFrame, courses: Sequence[str]
) -> dict[Subject, list[int]]:
    """Return whose random events there may be, with the positions of the servers that take part.

    Args:
        settings: the layer's settings.
        servers: the server frame.
        courses: what the future of each server adds to subjects of random streams.
    """
    subjects: dict[Subject, list[int]] = {}
    for scope in {wanted.scope for wanted in settings.random.values()}:
        names = servers[ATTRIBUTES[scope]].to_list()
        for position, (name, course) in enumerate(zip(names, courses, strict=True)):
            subjects.setdefault(Subject(scope, name, course), []).append(position)
    return subjects


def random_events(
    settings: Events, panel: PanelFacts, subject: Subject, span: Span
) -> Iterator[Event]:
    """Yield the events that come about by chance and touch some steps.

    Args:
        settings: the layer's settings.
        panel: the panel that they happen in.
        subject: whose events.
        span: the steps.
    """
    # The scope is part of the stream's subject: an app may have the name of a server.
    whose = f"{subject.scope}:{subject.name}{subject.course}"
    minutes = minutes_of(panel.axis, span)
    for name, wanted in settings.random.items():
        if wanted.scope == subject.scope:
            chance = exponential(wanted.per_year, wanted.mean_hours * MINUTES_PER_HOUR)
            drawn = (whose, f"event {name}", chance, minutes, panel.axis.moment_minute)
            for stretch in intervals(panel.seed, *drawn):
                event_id = f"{name}:{subject.name}:{stretch.year}:{stretch.number}"
                yield _event(event_id, wanted, panel, subject, (stretch.start, stretch.stop))


def listed_events(settings: Events, panel: PanelFacts, span: Span) -> list[Listed]:
    """Return the events at set times that touch some steps.

    Args:
        settings: the layer's settings.
        panel: the panel that they happen in.
        span: the steps.
    """
    first, stop = minutes_of(panel.axis, span)
    every = [_listed(name, wanted, panel) for name, wanted in settings.listed.items()]
    return [each for each in every if each.event.start < stop and each.event.stop > first]


def metrics_changed(event: Event, metrics: Metrics) -> list[str]:
    """Return the keys of the metrics that an event changes: its own, and those derived from them.

    Args:
        event: any event.
        metrics: all of the panel.
    """
    return [key for key in metrics if source_of(metrics, key) in event.metrics]


def _listed(name: str, wanted: ListedEvent, panel: PanelFacts) -> Listed:
    stop = FOR_EVER if wanted.end is None else minute_number(wanted.end)
    times = (minute_number(wanted.start), stop)
    return Listed(_event(name, wanted, panel, _subject(wanted), times), wanted.condition)


def _subject(wanted: ListedEvent) -> Subject:
    if wanted.where is not None:
        return Subject("where", condition_text(wanted.where))
    ((attribute, (name,)),) = wanted.named.items()
    return Subject(attribute, name)


def _event(
    event_id: str,
    wanted: RandomEvents | ListedEvent,
    panel: PanelFacts,
    subject: Subject,
    times: tuple[int, int],
) -> Event:
    metrics = wanted.metrics or tuple(panel.drawn)
    magnitude = 0.0 if wanted.magnitude is None else wanted.magnitude
    return Event(event_id, wanted.type, subject, metrics, *times, magnitude, wanted.cause)
