"""Lines of the ledger: what happened to whom, when and why, as no real telemetry tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from capgen.settings.metric import Metrics
from capgen.timeline.epoch import minute_number, moment_of

Line = dict[str, Any]
FOR_EVER = minute_number(datetime(2200, 1, 1))  # later than any window


def time_text(minute: int) -> str | None:
    """Return a minute as ISO 8601 text; None for the end of what has none.

    Args:
        minute: since 1970-01-01 00:00.
    """
    return None if minute == FOR_EVER else moment_of(minute).isoformat()


def line_without_values(
    line_id: str,
    kind: str,
    subject: tuple[str, str],
    servers: Sequence[str],
    metrics: Metrics,
    times: tuple[str | None, str | None],
) -> Line:
    """Return the line of a stretch of time in which there are no values.

    Args:
        line_id: unique in the panel.
        kind: kind of stretch: gap, unborn or retired.
        subject: scope and name of whom it happens to.
        servers: their ids, sorted.
        metrics: all of them.
        times: start and end as text; None where there is none.
    """
    scope, name = subject
    start, end = times
    return {
        "id": line_id,
        "type": kind,
        "scope": scope,
        "subject": name,
        "servers": servers,
        "metrics": [metric.column for metric in metrics.values()],
        "start": start,
        "end": end,
        "magnitude": None,
        "cause": "",
    }
