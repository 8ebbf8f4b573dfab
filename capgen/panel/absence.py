"""Where layers leave no values, as far as that follows from the configuration alone."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from capgen.layers.answers import Place
from capgen.layers.scope import Scope
from capgen.panel.layered import Layered


def absent_places(layered: Layered, servers: pl.DataFrame) -> Iterator[Place]:
    """Yield servers and steps at which some servers have no values, over the whole time axis.

    Args:
        layered: their archetype, with the layers to ask.
        servers: their server frame.
    """
    scope = Scope.of(layered.kind, servers, {}, layered.kind.axis.span)
    for layer, settings in layered.on:
        yield from layer.gaps(settings, scope)


def single_share(layered: Layered, servers: pl.DataFrame, key: str) -> float:
    """Return the share of a metric's values that servers miss one by one, outside of such places.

    Args:
        layered: their archetype, with the layers to ask.
        servers: their server frame.
        key: the metric's key.
    """
    total = 0.0
    for layer, settings in layered.on:
        share = layer.missing_share(settings, servers, key)
        total = total + share - total * share
    return total
