"""Archetypes with the layers that are on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import polars as pl

from capgen.config import Config
from capgen.config.archetype import Archetype
from capgen.config.holiday_days import days_of
from capgen.draws.sharing import Sharing
from capgen.layers import LAYERS
from capgen.layers.layer import Layer
from capgen.layers.scope import Kind, PanelFacts, Shared
from capgen.panel.clocks import clocks, holidays_of, zone_of


class On(NamedTuple):
    """A layer that is on, and its settings."""

    layer: Layer[Any]
    settings: Any


@dataclass(frozen=True, slots=True)
class Layered:
    """An archetype, and the layers that its servers have, in the order in which they act."""

    kind: Kind
    on: tuple[On, ...]

    @property
    def incidents(self) -> Layered:
        """The same archetype with no layers but those that a clean panel lacks."""
        return Layered(self.kind, tuple(each for each in self.on if each.layer.is_incident))

    def without(self, layer: Layer[Any]) -> Layered:
        """Return the same archetype without a layer.

        Args:
            layer: the layer to leave out.
        """
        return Layered(self.kind, tuple(each for each in self.on if each.layer is not layer))

    def acts(self, name: str) -> bool:
        """Tell whether a layer is on, and no other one stands in for it.

        Args:
            name: the layer's name.
        """
        return any(layer.name == name for layer, _ in self.on)

    @property
    def state_names(self) -> list[str]:
        """States that its servers move between."""
        return [name for layer, settings in self.on for name in layer.state_names(settings)]


def switched_on(config: Config, archetype: Archetype | None = None) -> Iterator[On]:
    """Yield the layers that are on, in the order in which they act.

    Args:
        config: the panel's configuration.
        archetype: one of its archetypes, whose own layers count too; without one, only layers
            that all archetypes share.
    """
    for layer in LAYERS:
        settings = layer.settings_in(config, archetype)
        if settings is not None:
            yield On(layer, settings)


def on_anywhere(config: Config) -> Iterator[On]:
    """Yield the layers that are on in any archetype: shared ones once, others for each archetype.

    Args:
        config: the panel's configuration.
    """
    yield from switched_on(config)
    for archetype in config.archetypes.values():
        yield from (each for each in switched_on(config, archetype) if each.layer.is_of_archetype)


def facts_of(config: Config) -> PanelFacts:
    """Return what holds for a whole panel.

    Args:
        config: the panel's configuration.
    """
    return PanelFacts(config.seed, config.axis, config.metrics)


def layered_archetype(config: Config, name: str) -> Layered:
    """Return an archetype with the layers that are on.

    Args:
        config: the panel's configuration.
        name: the archetype's name.
    """
    archetype = config.archetypes[name]
    on = tuple(switched_on(config, archetype))
    replaced = {other for layer, _ in on for other in layer.replaces}
    drawn = config.drawn_metrics
    parameters = [each for layer, settings in on for each in layer.parameters(settings, drawn)]
    active = tuple(each for each in on if each.layer.name not in replaced)
    own = {path for layer, settings in active for path in layer.own_parameters(settings)}

    @cache
    def holidays(clock: str) -> Sequence[date]:
        return days_of(config, holidays_of(config, clock))

    def shared(servers: pl.DataFrame, what: Shared) -> list[Sharing]:
        return _sharings(on, servers, what)

    kind = Kind(
        seed=config.seed,
        axis=config.axis,
        metrics=config.metrics,
        name=name,
        settings=archetype,
        own=frozenset(own),
        limits={each.path: (each.lowest, each.highest) for each in parameters},
        zones={clock: zone_of(config, clock) for clock in clocks(config)},
        holidays=holidays,
        sharings=shared,
    )
    return Layered(kind, active)


def sharings(config: Config, servers: pl.DataFrame, what: Shared) -> list[Sharing]:
    """Return what servers share, whatever their archetypes.

    Args:
        config: the panel's configuration.
        servers: the server frame.
        what: what is shared.
    """
    return _sharings(tuple(switched_on(config)), servers, what)


def _sharings(on: tuple[On, ...], servers: pl.DataFrame, what: Shared) -> list[Sharing]:
    every = (layer.shared(settings, servers, what) for layer, settings in on)
    return [each for of_layer in every for each in of_layer]
