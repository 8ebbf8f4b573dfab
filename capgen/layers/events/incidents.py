"""Incidents: which come about, when, and what they do to values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.intervals import exponential, intervals, minutes_of, steps_touched
from capgen.layers.conditions import ServerLabels, Values, condition_text, holds_for
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
    """

    scope: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
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


def subjects_of(labels: ServerLabels) -> list[Subject]:
    """Return whose random events a server takes part in."""
    return [Subject(attribute, name) for attribute, name in labels.items()]


def random_events(
    settings: Events, panel: PanelFacts, subject: Subject, span: Span, course: str = ""
) -> Iterator[Event]:
    """Yield the events that come about by chance and touch some steps.

    Args:
        settings: the layer's settings.
        panel: the panel that they happen in.
        subject: whose events.
        span: the steps.
        course: what a future adds to subjects of random streams.
    """
    # The scope is part of the stream's subject: an app may have the name of a server.
    whose = f"{subject.scope}:{subject.name}{course}"
    for name, wanted in settings.random.items():
        if wanted.scope == subject.scope:
            chance = exponential(wanted.per_year, wanted.mean_hours * MINUTES_PER_HOUR)
            drawn = (whose, f"event {name}", chance, minutes_of(panel.axis, span))
            for stretch in intervals(panel.seed, *drawn, panel.axis.moment_minute):
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
