"""Growth: a rate of the archetype, or of each server, that turns into growth over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

import polars as pl

from capgen.draws.arrays import Floats
from capgen.layers.answers import Effect, Neutral, Parameter
from capgen.layers.layer import Layer
from capgen.layers.response import respond, responses
from capgen.layers.scope import Kind, Scope, parameter_column
from capgen.settings.types import Day, Section
from capgen.timeline.epoch import DAYS_PER_MONTH
from capgen.timeline.time_axis import Span, TimeAxis

RATE = "growth_percent_per_month"
GROWTH_TIME = "growth_time"


class Growth(Section):
    """How the growth rate of an archetype turns into growth over time."""

    trend: Literal["window", "monthly"]
    origin: Day | None = None


class GrowthLayer(Layer[Growth]):
    """A factor that grows with time."""

    name = "growth"
    key = "growth"
    effects = (
        Effect("growth", 50, "growth", "nothing grows"),
        Effect("server_growth", 80, "difference of growth between servers"),
    )

    def dates(self, settings: Growth, axis: TimeAxis, span: Span) -> dict[str, Floats]:
        """Return how much of the monthly rate has come about at each step.

        `window`: i/N for the i-th of the build's N timestamps. `monthly`: months since the origin.
        """
        # By Polars, which multiplies by the inverse of a divisor: a quotient has other last bits.
        steps = pl.int_range(span.first, span.stop, dtype=pl.Int64, eager=True).cast(pl.Float64)
        if settings.trend == "window":
            grown = (steps - axis.span.first) / axis.span.size
        else:
            day = settings.origin or axis.start
            origin = axis.days(day, day + timedelta(days=1))
            grown = (steps - origin.first) / (origin.size * DAYS_PER_MONTH)
        return {GROWTH_TIME: grown.to_numpy()}

    def parameters(self, settings: Growth, drawn: Sequence[str]) -> Iterator[Parameter]:
        """Yield the rate, which may be negative."""
        yield Parameter(RATE, lowest=-math.inf)

    def factor(self, settings: Growth, kind: Kind, key: str) -> pl.Expr | None:
        """Return what the metric takes of the growth; nothing where each server has its own."""
        weight = kind.metrics[key].response.growth
        if not weight or RATE in kind.own:
            return None
        growth = kind.usual(RATE) / 100 * pl.col(GROWTH_TIME)
        expression: pl.Expr = respond(weight, growth)
        return expression

    def has_own_means(self, settings: Growth, kind: Kind) -> bool:
        """Tell whether each server grows at a rate of its own."""
        return RATE in kind.own

    def own_means(self, settings: Growth, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means by what they take of each server's own growth, never below 0."""
        grown = responses(growth_of(scope))
        for key, mean in means.items():
            weight = scope.kind.metrics[key].response.growth
            if weight:
                mean *= grown(weight)

    def neutral(self, settings: Growth, kind: Kind) -> Iterator[Neutral]:
        """Yield a calendar without growth, and servers that grow as their archetype does."""
        yield Neutral("growth", dates=(pl.lit(0.0).alias(GROWTH_TIME),))
        if RATE in kind.own:
            yield Neutral("server_growth", servers={parameter_column(RATE): kind.usual(RATE)})


def growth_of(scope: Scope) -> Any:
    """Return the growth of servers, as a factor less 1, shape (servers, steps).

    Args:
        scope: the servers.
    """
    return scope.parameter(RATE) / 100 * scope.for_all(GROWTH_TIME)
