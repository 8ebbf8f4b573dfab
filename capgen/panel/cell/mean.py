"""The mean of each drawn metric: what an archetype's servers share, and what is each one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from capgen.draws.arrays import Floats
from capgen.layers.scope import Kind, Scope
from capgen.panel.layered import Layered, On


def shared_columns(layered: Layered) -> Iterator[pl.Expr]:
    """Yield what the means of an archetype's servers need, over the calendar's columns.

    Args:
        layered: the archetype.

    Yields:
        The mean of each drawn metric as far as all servers share it: base × the layers' factors in
        their order. A layer that a metric does not respond to is left out: multiplying by 1 changes
        no bit. Then the columns that layers need for what is each server's own.
    """
    for key in layered.kind.drawn:
        mean = pl.lit(_level(layered.kind, key))
        for layer, settings in layered.on:
            factor = layer.factor(settings, layered.kind, key)
            if factor is not None:
                mean = mean * factor
        yield mean.alias(_column(key))
    for layer, settings in layered.on:
        yield from layer.hours(settings, layered.kind)


def means_of(layered: Layered, scope: Scope, keys: Sequence[str]) -> dict[str, Floats]:
    """Return the means of some drawn metrics.

    Args:
        layered: the archetype.
        scope: its servers.
        keys: the metrics' keys.

    Returns:
        By metric; each of shape (steps,) where all servers have the same, else (servers, steps).
    """
    if are_shared(layered, scope):
        (columns,) = scope.dates.values()
        return {key: columns[_column(key)][scope.steps] for key in keys}
    means = {key: scope.by_clock(_column(key)) for key in keys}
    for layer, settings in _with_own(layered):
        layer.own_means(settings, scope, means)
    return means


def are_shared(layered: Layered, scope: Scope) -> bool:
    """Tell whether all servers have the same means.

    Args:
        layered: the archetype.
        scope: its servers.
    """
    return len(scope.dates) == 1 and not any(_with_own(layered))


def _with_own(layered: Layered) -> Iterator[On]:
    """Yield the layers that make means differ between servers."""
    for each in layered.on:
        if each.layer.has_own_means(each.settings, layered.kind):
            yield each


def _level(kind: Kind, key: str) -> float:
    """Return what the mean begins with: 1 where each server has a base of its own."""
    path = f"base.{key}"
    return 1.0 if path in kind.own else kind.usual(path)


def _column(key: str) -> str:
    return f"mean.{key}"
