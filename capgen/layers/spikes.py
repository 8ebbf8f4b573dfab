"""Spikes: they fall on single cells, independently of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from capgen.columns import SPIKE
from capgen.draws.arrays import Flags, Floats, places_of
from capgen.draws.by_block import draw_flags
from capgen.layers.answers import Change, Parameter
from capgen.layers.layer import Layer
from capgen.layers.scope import Scope
from capgen.settings.metric import Metrics, source_of
from capgen.settings.types import Factor, Probability, Section

SPIKE_PROBABILITY = "spike.probability"
_MAGNITUDE = "spike.magnitude"


class Spike(Section):
    """Independent spikes that multiply the metrics of one cell.

    Attributes:
        probability: of a spike in a cell.
        magnitude: what a spike multiplies the value by.
    """

    probability: Probability
    magnitude: Factor


class SpikeLayer(Layer[Spike]):
    """Independent spikes."""

    name = "spikes"
    key = "archetypes.*.spike"
    label = SPIKE
    happens = "spikes"

    def parameters(self, settings: Spike, drawn: Sequence[str]) -> Iterator[Parameter]:
        """Yield the chance and the height of spikes."""
        yield Parameter(SPIKE_PROBABILITY, highest=1.0)
        yield Parameter(_MAGNITUDE)

    def changed_metrics(self, settings: Spike, metrics: Metrics) -> set[str]:
        """Return the metrics that have a share in spikes."""
        return spiking_metrics(metrics)

    def changes(self, settings: Spike, scope: Scope, keys: Sequence[str]) -> Iterator[Change]:
        """Yield the spikes."""
        chance = scope.parameter(SPIKE_PROBABILITY)
        spikes = draw_flags(scope.seed, scope.ids, scope.axis, scope.span, "spike", chance)
        yield spike_change(scope.kind.metrics, scope.parameter(_MAGNITUDE), spikes)


def spiking_metrics(metrics: Metrics) -> set[str]:
    """Return the keys of the metrics that have a share in spikes, or are derived from such.

    Args:
        metrics: all of them.
    """
    return {key for key in metrics if metrics[source_of(metrics, key)].spike_share is not None}


def spike_change(metrics: Metrics, magnitude: Floats | float, where: Flags) -> Change:
    """Return what spikes do: × magnitude × the share that a metric takes.

    Args:
        metrics: all of them.
        magnitude: magnitude of the spikes; one for all servers, or shape (servers, 1).
        where: they fall, shape (servers, steps).
    """

    def lay(of_key: Mapping[str, Floats]) -> None:
        places = places_of(where)
        heights = np.broadcast_to(magnitude, (len(where), 1)).take(places // where.shape[1])
        for key, values in of_key.items():
            share = metrics[key].spike_share
            if share is not None:
                values.put(places, values.take(places) * heights * share)

    return Change(where, lay)
