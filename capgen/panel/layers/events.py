"""Events: incidents with a start and an end, of one server or of all that have something in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.events import SCOPES, EventType, ListedEvent, RandomEvents, Scope
from capgen.draws.arrays import Floats
from capgen.draws.intervals import exponential, intervals, minutes_of, steps_touched
from capgen.timeline.time_axis import Span, TimeAxis

_EPOCH = datetime(1970, 1, 1)
_MINUTE = timedelta(minutes=1)
FOR_EVER = (datetime(2200, 1, 1) - _EPOCH) // _MINUTE  # later than any window


class Subject(NamedTuple):
    """What an event happens to.

    Args:
        scope: server, app, region …; or where, a condition.
        name: of the server, app, region …; or the condition as text.
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


ServerLabels = Mapping[Scope, str]  # what a server is called, and what it belongs to


@dataclass(frozen=True, slots=True)
class Listed:
    """An event at a set time.

    Args:
        event: the event.
        condition: the values that a server needs one of, by scope.
    """

    event: Event
    condition: Mapping[Scope, tuple[str, ...]]

    def includes(self, labels: ServerLabels) -> bool:
        """Tell whether a server takes part."""
        return all(labels[scope] in values for scope, values in self.condition.items())


def labels_of(servers: pl.DataFrame) -> Iterator[ServerLabels]:
    """Yield what decides whose events each server takes part in.

    Args:
        servers: the server frame.
    """
    # Column by column: a query on so few rows would take longer than all else here.
    columns = [servers[name].to_list() for name in SCOPES.values()]
    for row in zip(*columns, strict=True):
        yield dict(zip(SCOPES, row, strict=True))


def subjects_of(labels: ServerLabels) -> list[Subject]:
    """Return whose random events a server takes part in."""
    return [Subject(scope, name) for scope, name in labels.items()]


def random_events(config: Config, subject: Subject, axis: TimeAxis, span: Span) -> Iterator[Event]:
    """Yield the events that come about by chance and touch some steps.

    Args:
        config: a valid configuration.
        subject: whose.
        axis: the time axis.
        span: the steps.
    """
    layer = config.layers.events
    for name, wanted in layer.random.items() if layer else ():
        if wanted.scope == subject.scope:
            yield from _random_events(config, name, wanted, subject, minutes_of(axis, span))


def listed_events(config: Config, axis: TimeAxis, span: Span) -> list[Listed]:
    """Return the events at set times that touch some steps.

    Args:
        config: a valid configuration.
        axis: the time axis.
        span: the steps.
    """
    layer = config.layers.events
    first, stop = minutes_of(axis, span)
    every = [_listed(config, name, wanted) for name, wanted in layer.listed.items()] if layer else []
    return [each for each in every if each.event.start < stop and each.event.stop > first]


def _random_events(
    config: Config, name: str, wanted: RandomEvents, subject: Subject, minutes: tuple[int, int]
) -> Iterator[Event]:
    chance = exponential(wanted.per_year, wanted.mean_hours * 60)
    # The scope is part of the stream's subject: an app may have the name of a server.
    for each in intervals(config.seed, f"{subject.scope}:{subject.name}", f"event {name}", chance, minutes):
        event_id = f"{name}:{subject.name}:{each.year}:{each.number}"
        yield _event(config, event_id, wanted, subject, each.start, each.stop)


def _listed(config: Config, name: str, wanted: ListedEvent) -> Listed:
    start = (wanted.start - _EPOCH) // _MINUTE
    stop = FOR_EVER if wanted.end is None else (wanted.end - _EPOCH) // _MINUTE
    event = _event(config, name, wanted, _subject(wanted), start, stop)
    return Listed(event, wanted.condition)


def _subject(wanted: ListedEvent) -> Subject:
    if wanted.where is None:
        ((scope, (name,)),) = wanted.named.items()
        return Subject(scope, name)
    parts = (f"{scope} {' or '.join(values)}" for scope, values in wanted.where.items())
    return Subject("where", ", ".join(parts))


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


def time_text(minute: int) -> str | None:
    """Return a minute since 1970-01-01 00:00 as ISO 8601 text; None for the end of what has none."""
    return None if minute == FOR_EVER else (_EPOCH + minute * _MINUTE).isoformat()
