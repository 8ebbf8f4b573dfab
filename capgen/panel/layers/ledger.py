"""The ledger: what happened to whom, when and why, as no real telemetry tells; and when values are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from capgen.config import Config
from capgen.draws.intervals import Interval, minutes_of, steps_started
from capgen.panel.fleet import server_frame
from capgen.panel.layers.events import (
    Event,
    Subject,
    labels_of,
    listed_events,
    metrics_changed,
    random_events,
    subjects_of,
    time_text,
)
from capgen.panel.layers.missing import fleet_gaps, server_outages
from capgen.panel.layers.server_life import BORN_COLUMN, RETIRED_COLUMN
from capgen.timeline.epoch import MINUTES_PER_DAY
from capgen.timeline.time_axis import TimeAxis

Line = dict[str, Any]


def ledger(config: Config) -> Iterator[Line]:
    """Yield the stretches of time in which something touches cells of the panel: events, gaps, ends of lives.

    Single missing values are not among them: a null that no stretch covers is its own label.

    Args:
        config: a valid configuration.

    Yields:
        Keys id, type (of an event; or gap, unborn, retired: there is no value), scope, subject, servers (ids, sorted),
        metrics (columns, derived ones included), start and end (ISO 8601; the end is no part of it; null where there is
        none), magnitude (null where there is no value), cause.
    """
    axis, servers = config.axis, server_frame(config).sort("server_id")
    yield from _events(config, axis, servers)
    yield from _gaps(config, axis, servers["server_id"].to_list())
    yield from _lives(config, axis, servers)


def _events(config: Config, axis: TimeAxis, servers: pl.DataFrame) -> Iterator[Line]:
    every = dict(zip(servers["server_id"].to_list(), labels_of(servers), strict=True))
    members: dict[Subject, list[str]] = {}
    for server_id, labels in every.items():
        for subject in subjects_of(labels):
            members.setdefault(subject, []).append(server_id)
    for subject, ids in sorted(members.items()):
        events = random_events(config, subject, axis, axis.span)
        for event in sorted(events, key=lambda event: event.id):
            yield _of_event(config, event, ids)
    for listed in listed_events(config, axis, axis.span):
        ids = [server_id for server_id, labels in every.items() if listed.includes(labels)]
        if ids:
            yield _of_event(config, listed.event, ids)


def _of_event(config: Config, event: Event, servers: Sequence[str]) -> Line:
    return {
        "id": event.id,
        "type": event.type,
        "scope": event.subject.scope,
        "subject": event.subject.name,
        "servers": servers,
        "metrics": [config.metrics[key].column for key in metrics_changed(config, event)],
        "start": time_text(event.start),
        "end": time_text(event.stop),
        "magnitude": event.magnitude,
        "cause": event.cause,
    }


def _gaps(config: Config, axis: TimeAxis, server_ids: Sequence[str]) -> Iterator[Line]:
    def lines(each: Interval, name: str, subject: Subject, servers: Sequence[str]) -> Iterator[Line]:
        steps = steps_started(axis, axis.span, each.start, each.stop)
        if steps.start < steps.stop:
            gap_id = f"missing.{name}:{subject.name}:{each.year}:{each.number}"
            times = (time_text(each.start), time_text(each.stop))
            yield _without_values(config, gap_id, "gap", subject, servers, *times)

    for server_id in server_ids:
        for each in server_outages(config, server_id, axis, axis.span):
            yield from lines(each, "server_outages", Subject("server", server_id), [server_id])
    for each in fleet_gaps(config, axis, axis.span):
        yield from lines(each, "fleet_gaps", Subject("fleet", "fleet"), server_ids)


def _lives(config: Config, axis: TimeAxis, servers: pl.DataFrame) -> Iterator[Line]:
    if BORN_COLUMN not in servers.columns:
        return
    first, stop = minutes_of(axis, axis.span)
    days = servers.select("server_id", BORN_COLUMN, RETIRED_COLUMN).iter_rows()
    for server_id, born_day, retired_day in days:
        born = born_day * MINUTES_PER_DAY
        retired = retired_day * MINUTES_PER_DAY
        if born > first:
            yield _of_life(config, server_id, "unborn", None, time_text(born))
        if retired < stop:
            yield _of_life(config, server_id, "retired", time_text(retired), None)


def _of_life(config: Config, server_id: str, kind: str, start: str | None, end: str | None) -> Line:
    subject = Subject("server", server_id)
    name = f"server_life.{kind}:{server_id}"
    return _without_values(config, name, kind, subject, [server_id], start, end)


def _without_values(
    config: Config,
    line_id: str,
    kind: str,
    subject: Subject,
    servers: Sequence[str],
    start: str | None,
    end: str | None,
) -> Line:
    return {
        "id": line_id,
        "type": kind,
        "scope": subject.scope,
        "subject": subject.name,
        "servers": servers,
        "metrics": [metric.column for metric in config.metrics.values()],
        "start": start,
        "end": end,
        "magnitude": None,
        "cause": "",
    }
