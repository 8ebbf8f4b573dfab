"""Server growth: each server grows at a rate around its archetype's, some of them downwards."""

from __future__ import annotations

from collections.abc import Sequence

from capgen.config import Config
from capgen.config.model import Archetype
from capgen.draws.arrays import Floats
from capgen.draws.once import lasting_normals
from capgen.panel.layers.server_spread import GROWTH, own_values

GROWTH_COLUMN = "growth"


def growth_rates(config: Config, server_ids: Sequence[str], archetypes: Sequence[str]) -> dict[str, Floats]:
    """Return the growth of each server a month, as a fraction; nothing where all grow as their archetype does.

    Args:
        config: a valid configuration.
        server_ids: the servers.
        archetypes: theirs.
    """
    if not any(has_own_growth(config, archetype) for archetype in config.archetypes.values()):
        return {}
    layer, percent = config.layers.server_growth, own_values(config, GROWTH, server_ids, archetypes)
    if layer:
        (normals,) = lasting_normals(config.seed, server_ids, "server growth", 1)
        percent = percent + layer.sd_percent_per_month * normals
    return {GROWTH_COLUMN: percent / 100}


def has_own_growth(config: Config, archetype: Archetype) -> bool:
    """Tell whether the servers of an archetype grow at rates of their own.

    Args:
        config: a valid configuration.
        archetype: one of its archetypes.
    """
    return config.layers.server_growth is not None or GROWTH in archetype.spread
