"""Says what `repair_correlation` changed."""

from __future__ import annotations

from capgen.config.correlation import repair_distance
from capgen.config.model import Config


def repairs(config: Config) -> dict[str, float]:
    """Return by how much each repaired correlation matrix moved.

    Args:
        config: a valid configuration.

    Returns:
        The largest absolute change of any correlation, by archetype; empty where nothing was repaired.
    """
    if not config.repair_correlation:
        return {}
    moved = {
        name: repair_distance(archetype.correlation, config.drawn_metrics)
        for name, archetype in config.archetypes.items()
    }
    return {name: distance for name, distance in moved.items() if distance > 0}
