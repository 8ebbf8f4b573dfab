"""Server offset: per server and metric a lasting multiplier on the mean."""

from __future__ import annotations

from collections.abc import Sequence

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.draws.cholesky import cholesky, correlate
from capgen.draws.correlation import correlation_matrix
from capgen.draws.once import lasting_normals, lognormal


def offset_column(key: str) -> str:
    """Return the name of the server frame's column that holds a metric's multiplier."""
    return f"offset.{key}"


def offsets(config: Config, server_ids: Sequence[str]) -> dict[str, Floats]:
    """Return the multipliers of the metrics that have an offset, by column.

    Args:
        config: a valid configuration.
        server_ids: the servers.
    """
    layer, drawn = config.layers.server_offset, config.drawn_metrics
    if layer is None:
        return {}
    normals = lasting_normals(config.seed, server_ids, "server offset", len(drawn))
    correlate(cholesky(correlation_matrix(layer.correlation, drawn, repair=False)), normals[:, :, None])
    return {offset_column(key): lognormal(normals[drawn.index(key)], sd) for key, sd in layer.sd.items()}
