"""Server growth: each server grows at a rate around its archetype's, some of them downwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capgen.config import Config
from capgen.panel.layers.lasting import lasting_normals
from capgen.panel.noise import Floats

GROWTH_COLUMN = "growth"


def growth_rates(config: Config, server_ids: Sequence[str], archetypes: Sequence[str]) -> dict[str, Floats]:
    """Return the growth of each server a month, as a fraction; nothing where all grow as their archetype does.

    Args:
        config: a valid configuration.
        server_ids: the servers.
        archetypes: theirs.
    """
    layer = config.layers.server_growth
    if layer is None:
        return {}
    (normals,) = lasting_normals(config.seed, server_ids, "server growth", 1)
    percent = np.array([config.archetypes[each].growth_percent_per_month for each in archetypes])
    return {GROWTH_COLUMN: (percent + layer.sd_percent_per_month * normals) / 100}
