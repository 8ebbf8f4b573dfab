"""The ledger of events: what happened to whom, when and why, as no real telemetry tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from capgen.config import Config
from capgen.panel.fleet import fleet_frame
from capgen.panel.layers.events import Subject, events_of, metrics_changed, subjects_of, time_text
from capgen.panel.time_axis import TimeAxis


def ledger(config: Config) -> Iterator[dict[str, Any]]:
    """Yield the events that touch cells of the panel, subject by subject, by id.

    Args:
        config: a valid configuration.

    Yields:
        Keys id, type, scope, subject, servers (ids, sorted), metrics (columns, derived ones included), start and end
        (ISO 8601; the end is no part of it), magnitude, cause.
    """
    axis = TimeAxis.of(config)
    for subject, servers in _subjects(config).items():
        for event in sorted(events_of(config, subject, axis, axis.span), key=lambda event: event.id):
            yield {
                "id": event.id,
                "type": event.type,
                "scope": subject.scope,
                "subject": subject.name,
                "servers": servers,
                "metrics": [config.metrics[key].column for key in metrics_changed(config, event)],
                "start": time_text(event.start),
                "end": time_text(event.stop),
                "magnitude": event.magnitude,
                "cause": event.cause,
            }


def _subjects(config: Config) -> dict[Subject, list[str]]:
    """Return all subjects that have servers, with the ids of these."""
    found: dict[Subject, list[str]] = {}
    rows = fleet_frame(config).sort("server_id").select("server_id", "app_name", "region").iter_rows()
    for row in rows:
        for subject in subjects_of(*row):
            found.setdefault(subject, []).append(row[0])
    return dict(sorted(found.items()))
