"""Which panels have no closed form to compare with, and are compared with a twin."""

from __future__ import annotations

from capgen.config import Config
from capgen.panel.layered import on_anywhere


def is_dynamic(config: Config) -> bool:
    """Tell whether values remember, switch, bend or share what no closed form can say.

    Args:
        config: the panel's configuration.
    """
    shaped = any(metric.shape != "normal" for metric in config.metrics.values())
    return shaped or any(not layer.has_closed_form for layer, _ in on_anywhere(config))
