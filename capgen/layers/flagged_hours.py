"""Factors that hold where the calendar has a flag: of an archetype, or of each of its servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import polars as pl

from capgen.draws.arrays import Floats
from capgen.layers.answers import Neutral, Parameter
from capgen.layers.layer import Layer
from capgen.layers.response import respond
from capgen.layers.scope import Kind, Scope


class FlaggedHours(Layer[float]):
    """A factor that holds where a flag of the calendar is set.

    Attributes:
        parameter: path of the factor among the archetype's parameters.
        flag: column of the calendar.
        is_set: tells where the flag is set.
        never_set: a calendar in which it is not.
    """

    parameter: ClassVar[str]
    flag: ClassVar[str]
    is_set: ClassVar[pl.Expr]
    never_set: ClassVar[pl.Expr]

    def _weight(self, kind: Kind, key: str) -> float:
        weight: float = getattr(kind.metrics[key].response, self.name)
        return weight

    @property
    def _own_flag(self) -> str:
        return f"flag.{self.name}"

    def parameters(self, settings: float, drawn: Sequence[str]) -> Iterator[Parameter]:
        """Yield the factor."""
        yield Parameter(self.parameter)

    def hours(self, settings: float, kind: Kind) -> Iterator[pl.Expr]:
        """Yield the flag that a factor of the servers' own holds on."""
        if self.parameter in kind.own:
            yield pl.col(self.flag).cast(pl.Float64).alias(self._own_flag)

    def factor(self, settings: float, kind: Kind, key: str) -> pl.Expr | None:
        """Return what the metric takes of the factor; nothing where each server has its own."""
        weight = self._weight(kind, key)
        if not weight or self.parameter in kind.own:
            return None
        factor = pl.when(self.is_set).then(settings).otherwise(1.0)
        expression: pl.Expr = respond(weight, factor - 1)
        return expression

    def has_own_means(self, settings: float, kind: Kind) -> bool:
        """Tell whether each server has a factor of its own."""
        return self.parameter in kind.own

    def own_means(self, settings: float, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means by what they take of each server's own factor."""
        more = scope.parameter(self.parameter) - 1
        for key, mean in means.items():
            weight = self._weight(scope.kind, key)
            if weight:
                mean *= respond(weight, more, scope.by_clock(self._own_flag))

    def neutral(self, settings: float, kind: Kind) -> Iterator[Neutral]:
        """Yield a calendar in which the flag is never set."""
        yield Neutral(self.name, dates=(self.never_set,))
