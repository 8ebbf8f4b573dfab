"""Server growth: each server grows at a rate around its archetype's, some of them downwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capgen.config import Config
from capgen.config.model import Archetype
from capgen.panel.layers.lasting import lasting_normals
from capgen.panel.layers.server_spread import GROWTH, spread_column, spread_servers
from capgen.panel.noise import Floats

GROWTH_COLUMN = "growth"


def growth_rates(config: Config, server_ids: Sequence[str], archetypes: Sequence[str]) -> dict[str, Floats]:
    """Return the growth of each server a month, as a fraction; nothing where all grow as their archetype does.

    Args:
        config: a valid configuration.
        server_ids: the servers.
        archetypes: theirs.
    """
    layer, spread = config.layers.server_growth, spread_servers(config, server_ids, archetypes)
    usual = np.array([config.archetypes[each].growth_percent_per_month for each in archetypes])
    percent = spread.get(spread_column(GROWTH), usual)
    if layer:
        (normals,) = lasting_normals(config.seed, server_ids, "server growth", 1)
        percent = percent + layer.sd_percent_per_month * normals
    return {GROWTH_COLUMN: percent / 100} if layer or percent is not usual else {}


def has_own_growth(config: Config, archetype: Archetype) -> bool:
    """Tell whether the servers of an archetype grow at rates of their own.

    Args:
        config: a valid configuration.
        archetype: one of its archetypes.
    """
    return config.layers.server_growth is not None or GROWTH in archetype.spread
