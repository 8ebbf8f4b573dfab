"""The layer of events: incidents that change values while they last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from capgen.columns import EVENT
from capgen.draws.arrays import Floats
from capgen.draws.subjects import course_of
from capgen.layers.answers import Change, Name
from capgen.layers.conditions import condition_problems, labels_of
from capgen.layers.events.incidents import (
    Event,
    listed_events,
    metrics_changed,
    random_events,
    subjects_of,
)
from capgen.layers.events.settings import Events
from capgen.layers.events.touched import Touched, touched_cells
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.ledger_line import Line, time_text
from capgen.layers.scope import PanelFacts, Scope
from capgen.settings.metric import Metrics, drawn_metrics, source_of
from capgen.settings.names import unknown_names


class EventLayer(Layer[Events]):
    """Incidents with a start and an end."""

    name = "events"
    key = "layers.events"
    example = (
        "{random: {leak: {type: memory_leak, scope: server, per_year: 1, mean_hours: 72, "
        "magnitude: 1.6, metrics: [mem]}}, listed: {launch: {type: surge, region: EU, "
        "start: 2024-03-01, end: 2024-03-03 12:00, magnitude: 1.5, metrics: [cpu]}}}"
    )
    names = EVENT
    is_incident = True
    happens = "events"

    def problems(self, settings: Events, known: Known) -> Iterator[str]:
        """Yield unknown metrics and servers, and names that are taken."""
        for section, entries in (("random", settings.random), ("listed", settings.listed)):
            for name, event in entries.items():
                here = f"{known.path}.{section}.{name}.metrics"
                yield from unknown_names(here, event.metrics, known.drawn)
                if event.type != "outage" and not event.metrics:
                    yield f"{here}: expected at least one metric"
        for name in settings.listed:
            if name in settings.random:
                yield (
                    f"{known.path}.listed.{name}: expected a name not yet taken by a random event"
                )
        for name, listed in settings.listed.items():
            path = f"{known.path}.listed.{name}"
            before = path if listed.where is None else f"{path}.where"
            yield from condition_problems(before, listed.condition, known)

    def changed_metrics(self, settings: Events, metrics: Metrics) -> set[str]:
        """Return the metrics that an event may change."""
        every = [*settings.random.values(), *settings.listed.values()]
        drawn = {key for event in every for key in event.metrics or drawn_metrics(metrics)}
        return {key for key in metrics if source_of(metrics, key) in drawn}

    def changes(self, settings: Events, scope: Scope, keys: Sequence[str]) -> Iterator[Change]:
        """Yield what all events do together."""
        courses = [course_of(subject) for subject in scope.ids]
        touched = touched_cells(settings, scope.kind, scope.servers, scope.span, courses)
        if not touched:
            return
        anywhere = np.zeros((len(scope.ids), scope.span.size), np.bool_)
        for here in touched:
            anywhere[here.server, here.steps] = True

        def lay(of_key: Mapping[str, Floats]) -> None:
            for here in touched:
                for key in here.event.metrics:
                    if key in of_key:
                        factor = here.event.factor(scope.axis, here.span)
                        of_key[key][here.server, here.steps] *= factor

        yield Change(anywhere, lay, _names(touched, scope.kind.metrics))

    def lasts(self, settings: Events) -> bool:
        """Events have a start and an end."""
        return True

    def ledger(self, settings: Events, panel: PanelFacts, servers: pl.DataFrame) -> Iterator[Line]:
        """Yield the events, with the servers that take part."""
        ids = servers["server_id"].to_list()
        for subject, positions in sorted(subjects_of(settings, servers, [""] * len(ids)).items()):
            events = random_events(settings, panel, subject, panel.axis.span)
            for event in sorted(events, key=lambda event: event.id):
                yield _line(event, panel.metrics, [ids[position] for position in positions])
        every = list(labels_of(servers))
        for listed in listed_events(settings, panel, panel.axis.span):
            struck = [name for name, own in zip(ids, every, strict=True) if listed.includes(own)]
            if struck:
                yield _line(listed.event, panel.metrics, struck)

    def unseen(self, settings: Events, panel: PanelFacts, servers: pl.DataFrame) -> Iterator[str]:
        """Yield the listed events outside of the window, and those of no server."""
        inside = {each.event.id: each for each in listed_events(settings, panel, panel.axis.span)}
        every = list(labels_of(servers)) if settings.listed else []
        for name, wanted in settings.listed.items():
            path = f"{self.key}.listed.{name}"
            if name not in inside:
                until = "on" if wanted.end is None else f"to {wanted.end:%Y-%m-%d %H:%M}"
                window = f"{panel.axis.start} to {panel.axis.end}"
                yield (
                    f"{path}: expected some of the window {window}, "
                    f"got {wanted.start:%Y-%m-%d %H:%M} {until}; {_way_out(path)}"
                )
            elif not any(map(inside[name].includes, every)):
                subject = inside[name].event.subject
                yield (
                    f"{path}: expected servers to happen to, got none of {servers.height} with "
                    f"{subject.name!r} ({subject.scope}); {_way_out(path)}"
                )

    def makes_servers_differ(self, settings: Events) -> bool:
        """Each takes part in events of its own."""
        return True


def _names(touched: Iterable[Touched], metrics: Metrics) -> Iterator[Name]:
    for here in touched:
        keys = metrics_changed(here.event, metrics)
        yield Name((here.server, here.steps), keys, here.event.id)


def _line(event: Event, metrics: Metrics, servers: Sequence[str]) -> Line:
    return {
        "id": event.id,
        "type": event.type,
        "scope": event.subject.scope,
        "subject": event.subject.name,
        "servers": servers,
        "metrics": [metrics[key].column for key in metrics_changed(event, metrics)],
        "start": time_text(event.start),
        "end": time_text(event.stop),
        "magnitude": event.magnitude,
        "cause": event.cause,
    }


def _way_out(path: str) -> str:
    return f"change it, or take it away with --set {path}=null"
