"""Which panels have no closed form to compare with, and are compared with a twin."""

from __future__ import annotations

from capgen.config import Config


def is_dynamic(config: Config) -> bool:
    """Tell whether values remember, switch, bend or share what no closed form can say.

    Args:
        config: a valid configuration.
    """
    moving = any(each.noise_parts or each.regimes or each.spread for each in config.archetypes.values())
    shaped = any(each.shape != "normal" for each in config.metrics.values())
    return moving or shaped or config.layers.shared_movement is not None
