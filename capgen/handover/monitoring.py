"""Monitoring systems: what they want of the rows, whichever they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from capgen.handover.destination import Destination
from capgen.handover.handed import Handed
from capgen.handover.lines import SERVER
from capgen.handover.measures import Measure, measure_of, plain_name


class Monitoring(Destination):
    """A system that takes series of samples: each has a metric's name, and labels.

    Names are those of Prometheus, unless a system says otherwise.

    Attributes:
        server: name of the label that says the server.
    """

    language = "sh"
    server: ClassVar[str] = "instance"

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield what keeps the rows from being handed over: no metrics, or two of one name."""
        if not handed.metrics:
            yield "--columns: expected at least one metric among them, got none"
        yield from _same_names(self.label_names(handed))
        measures = map(measure_of, handed.metrics)
        yield from _same_names(
            {measure.metric.name: self.metric_name(measure) for measure in measures}
        )

    def label_names(self, handed: Handed) -> dict[str, str]:
        """Return the names of labels, by column.

        Args:
            handed: the rows that are handed over.
        """
        return {SERVER: self.server, **{name: self.label_name(name) for name in handed.labels}}

    def label_name(self, column: str) -> str:
        """Return a label's name; those that begin with two underscores have a meaning of their own.

        Args:
            column: the label's column.
        """
        return re.sub(r"^__+", "_", plain_name(column))

    def metric_name(self, measure: Measure) -> str:
        """Return a metric's name.

        Args:
            measure: the metric in its base unit.
        """
        return measure.name


def _same_names(names: dict[str, str]) -> Iterator[str]:
    """Yield what keeps columns apart no longer."""
    first: dict[str, str] = {}
    for column, name in names.items():
        other = first.setdefault(name, column)
        if other != column:
            yield (
                f"{other!r} and {column!r}: expected columns of different names at the "
                f"destination, got {name} for both; choose one of them with --columns"
            )
