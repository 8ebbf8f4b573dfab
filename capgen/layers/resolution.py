"""Resolution: values lie on a grid, as measuring instruments and exporters leave them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.scope import Scope
from capgen.settings.grid import GridStep
from capgen.settings.names import unknown_names

Resolution = Mapping[str, GridStep]  # by metric


class ResolutionLayer(Layer[Resolution]):
    """Values on a grid."""

    name = "resolution"
    key = "layers.resolution"
    example = "{cpu: 0.5, net_in: 10}"
    has_closed_form = False

    def problems(self, settings: Resolution, known: Known) -> Iterator[str]:
        """Yield unknown metrics."""
        yield from unknown_names(known.path, settings, known.metrics)

    def grids(self, settings: Resolution, scope: Scope) -> dict[str, Floats]:
        """Return the steps."""
        return {key: np.array([[step]]) for key, step in settings.items()}
