"""The effects that a panel may have, each of which a rule looks for under its name."""

from __future__ import annotations

from capgen.config import Config
from capgen.layers import LAYERS
from capgen.layers.answers import Effect
from capgen.panel.layered import layered_archetype

EFFECTS: tuple[Effect, ...] = tuple(
    sorted((effect for layer in LAYERS for effect in layer.effects), key=lambda each: each.place)
)


def effects_of(config: Config) -> list[Effect]:
    """Return the effects that a panel may have.

    Args:
        config: the panel's configuration.
    """
    found: set[str] = set()
    for name in config.archetypes:
        layered = layered_archetype(config, name)
        for layer, settings in layered.on:
            found |= {neutral.effect for neutral in layer.neutral(settings, layered.kind)}
    return [effect for effect in EFFECTS if effect.name in found]
