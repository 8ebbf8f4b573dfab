"""The normals that a metric's values come from: without a spike and with one, and outliers."""

from __future__ import annotations

from capgen.config import Config
from capgen.quality.expected.clipped import Part
from capgen.settings.metric import scale_of, source_of


def value_parts(config: Config, archetype: str, key: str) -> tuple[Part, ...]:
    """Return the parts without a spike, then those with one.

    Each time first the usual values, then high and low outliers.

    Args:
        config: the panel's configuration.
        archetype: the archetype's name.
        key: the metric's key.
    """
    source = source_of(config.metrics, key)
    spike = config.archetypes[archetype].spike
    share = config.metrics[source].spike_share
    sd = config.archetypes[archetype].sd[source] * abs(scale_of(config.metrics, key))
    magnitude = 1.0 if share is None else spike.magnitude * share
    parts = []
    for chance, scale in ((1 - spike.probability, 1.0), (spike.probability, magnitude)):
        for of_outlier, of_scale in outlier_parts(config, key):
            parts.append(Part(chance * of_outlier, scale * of_scale, sd * scale * of_scale))
    return tuple(parts)


def outlier_parts(config: Config, key: str) -> list[tuple[float, float]]:
    """Return chance and factor of a metric's values: as they are, too high, too low.

    Args:
        config: the panel's configuration.
        key: the metric's key.
    """
    layer = (config.layers.outliers or {}).get(key)
    if layer is None:
        return [(1.0, 1.0)]
    usual = 1 - layer.probability - layer.dip_probability
    every = [
        (usual, 1.0),
        (layer.probability, layer.magnitude),
        (layer.dip_probability, layer.dip_magnitude),
    ]
    return [(chance, scale) for chance, scale in every if chance > 0]
