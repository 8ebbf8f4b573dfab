"""The metric columns of a chunk: drawn, correlated and laid over the means, in place, a cache's worth at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from capgen.config import Config
from capgen.panel import noise
from capgen.panel.chunks import Chunk, cut
from capgen.panel.metrics import metrics_needed, spikes_needed, work_out_values
from capgen.panel.time_axis import TimeAxis

# With four metrics and some temporaries, what fits into a core's own cache; each slice costs a few dozen calls.
_SLICE_ROWS = 2**15


class Workspace:
    """Memory for the values of one chunk after the other: fresh memory costs more time than arithmetic.

    Only one thread at a time may use it, and each chunk overwrites the one before.
    """

    def __init__(self) -> None:
        self._floats = np.empty(0)

    def floats(self, *shape: int) -> noise.Floats:
        """Return an uninitialised array."""
        size = math.prod(shape)
        if self._floats.size < size:
            self._floats = np.empty(size)
        return self._floats[:size].reshape(shape)


def chunk_values(
    config: Config,
    axis: TimeAxis,
    chunk: Chunk,
    server_ids: Sequence[str],
    means: Sequence[noise.Floats],
    factor: noise.Floats,
    wanted: Sequence[str],
    workspace: Workspace,
) -> dict[str, noise.Floats]:
    """Return the metric columns of a chunk.

    Args:
        config: a valid configuration.
        axis: its time axis.
        chunk: some servers of one archetype over some steps of one year.
        server_ids: the chunk's servers, in order.
        means: of each drawn metric, one for each step.
        factor: the Cholesky factor of the archetype's noise.
        wanted: columns to make; what they do not need is not drawn.
        workspace: holds the values.

    Returns:
        For each wanted column that is a metric its values, by server and then by time.
    """
    archetype = config.archetypes[chunk.archetype]
    keys = metrics_needed(config, wanted)
    drawn = sum(config.metrics[key].derived is None for key in keys)
    cells = workspace.floats(len(keys), len(server_ids), chunk.span.size)
    with_spikes = spikes_needed(config, keys)
    for part in cut(axis, chunk, _SLICE_ROWS) if keys else ():
        servers = slice(part.first_server - chunk.first_server, part.stop_server - chunk.first_server)
        steps = part.span.within(chunk.span)
        ids, here = server_ids[servers], cells[:, servers, steps]
        noise.draw_normals(config.seed, ids, axis, part.span, here[:drawn])
        noise.correlate(factor, here[:drawn])
        spikes = (
            noise.draw_spikes(config.seed, ids, axis, part.span, archetype.spike.probability) if with_spikes else None
        )
        work_out_values(config, archetype, keys, here, [mean[steps] for mean in means[:drawn]], spikes)
    columns = {config.metrics[key].column: values.ravel() for key, values in zip(keys, cells, strict=True)}
    return {name: values for name, values in columns.items() if name in wanted}
