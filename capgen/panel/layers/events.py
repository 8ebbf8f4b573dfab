"""Events: incidents with a start and an end, of one server, an app or a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from capgen.config import Config
from capgen.config.layers import EventType, ListedEvent, RandomEvents
from capgen.panel.layers.intervals import exponential, intervals, minutes_of, steps_touched
from capgen.panel.noise import Floats
from capgen.panel.time_axis import Span, TimeAxis

_EPOCH = datetime(1970, 1, 1)
_MINUTE = timedelta(minutes=1)


class Subject(NamedTuple):
    """What an event happens to.

    Args:
        scope: server, app or region.
        name: of the server, app or region.
    """

    scope: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """An incident.

    Args:
        id: unique in the panel, whatever part of it is asked for.
        type: what happens.
        subject: to whom.
        metrics: keys of the drawn metrics that it changes.
        start: minutes since 1970-01-01 00:00.
        stop: the minute after its last one.
        magnitude: what values are multiplied by, at the most.
        cause: as configured.
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
        """Return what values are multiplied by, at each of some steps: a leak ramps up, all others do not change.

        Args:
            axis: the time axis.
            span: steps that it touches.
        """
        if self.type != "memory_leak":
            return self.magnitude
        minutes = np.arange(span.first + 1, span.stop + 1) * float(axis.step_minutes)  # where each step ends
        progress = np.clip((minutes - self.start) / (self.stop - self.start), 0, 1)
        return 1 + (self.magnitude - 1) * progress


def subjects_of(server_id: str, app_name: str, region: str) -> list[Subject]:
    """Return whose events a server takes part in."""
    return [Subject("server", server_id), Subject("app", app_name), Subject("region", region)]


def events_of(config: Config, subject: Subject, axis: TimeAxis, span: Span) -> Iterator[Event]:
    """Yield the events of a subject that touch some steps.

    Args:
        config: a valid configuration.
        subject: a server, app or region.
        axis: the time axis.
        span: the steps.
    """
    layer = config.layers.events
    if layer is None:
        return
    minutes = minutes_of(axis, span)
    for name, wanted in layer.random.items():
        if wanted.scope == subject.scope:
            yield from _random_events(config, name, wanted, subject, minutes)
    for name, listed in layer.listed.items():
        event = _listed_event(config, name, listed)
        if event.subject == subject and event.start < minutes[1] and event.stop > minutes[0]:
            yield event


def _random_events(
    config: Config, name: str, wanted: RandomEvents, subject: Subject, minutes: tuple[int, int]
) -> Iterator[Event]:
    chance = exponential(wanted.per_year, wanted.mean_hours * 60)
    # The scope is part of the stream's subject: an app may have the name of a server.
    for each in intervals(config.seed, f"{subject.scope}:{subject.name}", f"event {name}", chance, minutes):
        event_id = f"{name}:{subject.name}:{each.year}:{each.number}"
        yield _event(config, event_id, wanted, subject, each.start, each.stop)


def _listed_event(config: Config, name: str, listed: ListedEvent) -> Event:
    named = {"server": listed.server, "app": listed.app, "region": listed.region}
    subject = next(Subject(scope, each) for scope, each in named.items() if each is not None)
    start, stop = ((moment - _EPOCH) // _MINUTE for moment in (listed.start, listed.end))
    return _event(config, name, listed, subject, start, stop)


def _event(
    config: Config, event_id: str, wanted: RandomEvents | ListedEvent, subject: Subject, start: int, stop: int
) -> Event:
    metrics = wanted.metrics or tuple(config.drawn_metrics)
    magnitude = 0.0 if wanted.magnitude is None else wanted.magnitude
    return Event(event_id, wanted.type, subject, metrics, start, stop, magnitude, wanted.cause)


def metrics_changed(config: Config, event: Event) -> list[str]:
    """Return the keys of the metrics that an event changes: its own, and those derived from them.

    Args:
        config: a valid configuration.
        event: one of its events.
    """
    derived = {key: metric.derived.source for key, metric in config.metrics.items() if metric.derived}
    return [key for key in config.metrics if derived.get(key, key) in event.metrics]


def time_text(minute: int) -> str:
    """Return a minute since 1970-01-01 00:00 as ISO 8601 text."""
    return (_EPOCH + minute * _MINUTE).isoformat()
