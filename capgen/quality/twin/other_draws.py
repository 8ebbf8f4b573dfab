"""The configurations of twins: the panel's own, with other draws."""

from __future__ import annotations

from capgen.config import Config
from capgen.layers import LAYERS
from capgen.layers.resolution import ResolutionLayer

# No seed that anybody would take for a panel of the same configuration.
_OTHER_DRAWS = 0x5EED_0F_A_7E57
_WIDE = (-1e300, 1e300)
_EXACT_DECIMALS = 12


def twin_config(config: Config) -> Config:
    """Return the configuration of the twin; events, grids, clip and rounding are laid over it.

    Args:
        config: the panel's configuration.
    """
    later = [layer for layer in LAYERS if layer.is_incident and not layer.changes_derived]
    later += [layer for layer in LAYERS if isinstance(layer, ResolutionLayer)]
    metrics = {}
    for key, metric in config.metrics.items():
        metrics[key] = metric.model_copy(update={"clip": _WIDE})
    changes = {
        "seed": config.seed ^ _OTHER_DRAWS,
        "metrics": metrics,
        "decimals": _EXACT_DECIMALS,
        "truth": True,
    }
    return config.without(*later).model_copy(update=changes)


def labelled_config(config: Config) -> Config:
    """Return the configuration of a twin whose spikes are labelled as the panel's: after the clip.

    Args:
        config: the panel's configuration.
    """
    missing = config.layers.missing
    singles = missing and missing.model_copy(update=dict.fromkeys(["server_outages", "fleet_gaps"]))
    layers = config.layers.model_copy(update={"events": None, "outliers": None, "missing": singles})
    return config.model_copy(update={"seed": config.seed ^ _OTHER_DRAWS, "layers": layers})
