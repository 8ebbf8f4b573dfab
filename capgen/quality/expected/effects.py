"""The effects that a panel may have, each of which a rule looks for by name."""

from __future__ import annotations

from capgen.config import Config
from capgen.panel.layers.server_growth import has_own_growth
from capgen.panel.metrics import neutral_factors


def effects_of(config: Config) -> list[str]:
    """Return the names of the effects that a panel may have.

    Args:
        config: a valid configuration.
    """
    layers, archetypes = config.layers, config.archetypes.values()
    own = {
        "server_offset": layers.server_offset,
        "server_growth": any(has_own_growth(config, each) for each in archetypes),
        "profile_spread": any(each.profile for each in archetypes),
        "resize": layers.server_life and layers.server_life.resize,
        "server_spread": any(each.spread for each in archetypes),
        "regimes": any(each.regimes for each in archetypes),
    }
    return [*neutral_factors(config), *(name for name, layer in own.items() if layer)]
