"""How much of what happens lies in an interval."""

import polars as pl

from capgen.scores.losses.intervals import interval_name, intervals_of
from capgen.scores.losses.loss import ACTUAL, COUNT, SHARE, Levels, Score, summed
from capgen.scores.models import Model


def _term(levels: Levels) -> str:
    return f"coverage of {interval_name(levels)}"


def _terms(model: Model, levels: Levels) -> dict[str, pl.Expr]:
    low, high = (pl.col(model.quantiles[level]) for level in levels)
    return {_term(levels): ACTUAL.is_between(low, high)}


SCORE = Score(
    name="coverage",
    says="share of the values inside the interval, its ends included; an interval of 90 % should "
    "have 0.9",
    asks=intervals_of,
    terms=_terms,
    value=lambda model, levels: summed(model, _term(levels)) / COUNT,
    label=_term,
    unit=SHARE,
    is_ratio=False,
)
