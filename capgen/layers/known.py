"""What the settings of a layer are checked against."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from capgen.settings.fleet import Fleet
from capgen.settings.metric import Metrics, drawn_metrics


@dataclass(frozen=True, slots=True)
class Known:
    """The rest of a configuration, each key of which is valid on its own.

    Args:
        path: where the layer's settings stand.
        metrics: metrics by key.
        fleet: its settings.
        num_servers: how many servers the fleet has.
        archetypes: their names.
        repair_correlation: whether impossible correlations are repaired.
        kind: settings of the archetype, for a layer that stands in one.
        parameters: paths of the archetype's parameters that may differ between its servers.
    """

    path: str
    metrics: Metrics
    fleet: Fleet
    num_servers: int
    archetypes: Collection[str]
    repair_correlation: bool
    kind: Any = None
    parameters: Collection[str] = ()

    @property
    def drawn(self) -> list[str]:
        """Keys of the metrics that have noise of their own."""
        return drawn_metrics(self.metrics)
