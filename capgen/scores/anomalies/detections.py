"""What `score` finds out about a detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl


@dataclass(frozen=True, kw_only=True)
class Detections:
    """What `score` finds out about a detector.

    Args:
        flags: the file's name.
        data: the panel's name.
        start: the first timestamp that counts.
        stop: the last one.
        servers: how many there are.
        steps: how many there are at which a server has a value.
        flagged: how many of them are flagged.
        flagged_rightly: how many of these are anomalies.
        alarms: runs of flagged steps of a server.
        right_alarms: how many of them touch an anomaly.
        table: a row for `all` anomalies and for each kind: steps, steps_found, recall; events,
            events_found, event_recall; delay_median and delay_mean, in hours from an event's
            first step to its first flagged one.
        notes: what was left out, or read in another way.
    """

    flags: str
    data: str
    start: datetime
    stop: datetime
    servers: int
    steps: int
    flagged: int
    flagged_rightly: int
    alarms: int
    right_alarms: int
    table: pl.DataFrame
    notes: Sequence[str]

    @property
    def precision(self) -> float | None:
        """The share of flagged steps that are anomalies; none where nothing is flagged."""
        return self.flagged_rightly / self.flagged if self.flagged else None

    @property
    def event_precision(self) -> float | None:
        """The share of alarms that touch an anomaly; none where there is no alarm."""
        return self.right_alarms / self.alarms if self.alarms else None

    @property
    def recall(self) -> float | None:
        """The share of anomalous steps that are flagged; none where there is no anomaly."""
        return self._of_all("recall")

    @property
    def event_recall(self) -> float | None:
        """The share of events that are found; none where there is no event."""
        return self._of_all("event_recall")

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall of steps; none where one of them is."""
        precision = self.precision
        recall = self.recall
        if precision is None or recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def _of_all(self, column: str) -> float | None:
        value: float | None = self.table.row(0, named=True)[column]
        return value

    def as_json(self) -> dict[str, Any]:
        """Return every figure as JSON has it."""
        return {
            "flags": self.flags,
            "data": self.data,
            "start": self.start.isoformat(),
            "stop": self.stop.isoformat(),
            "servers": self.servers,
            "steps": self.steps,
            "flagged": self.flagged,
            "flagged_rightly": self.flagged_rightly,
            "alarms": self.alarms,
            "right_alarms": self.right_alarms,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "event_precision": self.event_precision,
            "event_recall": self.event_recall,
            "table": self.table.to_dicts(),
            "notes": list(self.notes),
        }
