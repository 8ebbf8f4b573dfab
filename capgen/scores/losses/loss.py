"""What a score is, and the sums that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from capgen.scores.models import Model

Levels = tuple[float, ...]  # of quantiles
NO_LEVELS: Levels = ()

ACTUAL = pl.col("y")
COUNT = pl.col("count")  # of the cells of a series
# Of the series before the first forecast: mean of what a season changes, and of its square.
CHANGE = pl.col("season_change")
SQUARED_CHANGE = pl.col("season_squared_change")


@dataclass(frozen=True, kw_only=True)
class Score:
    """One line of the table. Each series has a value; that of several series is their mean.

    Args:
        name: of the score.
        says: what it is, in words and formula.
        asks: returns the sets of quantile levels that a model has a value for, one value each.
        terms: returns what is summed over the cells of a series, by name.
        value: returns the value of a series out of its sums.
        label: returns what the table shows, for a set of levels.
        unit: of the value: the metric's own, or one that all metrics share.
        is_ratio: whether less is better, so that ratios to other forecasts say something.
    """

    name: str
    says: str
    asks: Callable[[Model], Sequence[Levels]]
    terms: Callable[[Model, Levels], Mapping[str, pl.Expr]]
    value: Callable[[Model, Levels], pl.Expr]
    label: Callable[[Levels], str]
    unit: str
    is_ratio: bool = True

    @property
    def is_shared(self) -> bool:
        """Whether values of different metrics may be averaged."""
        return self.unit != OWN_UNIT


OWN_UNIT = "the metric's"
NO_UNIT = "none"
SHARE = "share of cells"


def summed(model: Model, term: str) -> pl.Expr:
    """Return the sum of a term of a model over the cells of a series.

    Args:
        model: the model.
        term: the term's name.
    """
    return pl.col(sum_name(model, term))


def sum_name(model: Model, term: str) -> str:
    """Return the name of the column with a sum.

    Args:
        model: the model.
        term: the term's name.
    """
    return f"{term} of {model.name}"


def once_with_middle(model: Model) -> Sequence[Levels]:
    """Return that a model has one value, if it has values or a median."""
    return [NO_LEVELS] if model.middle is not None else []


def named(name: str) -> Callable[[Levels], str]:
    """Return what shows a score by its name, whatever the levels.

    Args:
        name: of the score.
    """
    return lambda _: name


def quantile_terms(model: Model, levels: Levels) -> dict[str, pl.Expr]:
    """Return the pinball losses of some quantiles, by name.

    Args:
        model: the model.
        levels: of the quantiles.
    """
    return {pinball_name(level): _pinball(model, level) for level in levels}


def pinball_name(level: float) -> str:
    """Return the name of the term of a quantile.

    Args:
        level: of the quantile.
    """
    return f"pinball {level:g}"


def _pinball(model: Model, level: float) -> pl.Expr:
    missed = ACTUAL - pl.col(model.quantiles[level])
    return pl.max_horizontal(level * missed, (level - 1) * missed)
