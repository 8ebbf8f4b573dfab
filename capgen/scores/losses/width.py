"""How wide an interval is."""

import polars as pl

from capgen.scores.losses.intervals import interval_name, intervals_of
from capgen.scores.losses.loss import COUNT, OWN_UNIT, Levels, Score, summed
from capgen.scores.models import Model


def _term(levels: Levels) -> str:
    return f"width of {interval_name(levels)}"


def _terms(model: Model, levels: Levels) -> dict[str, pl.Expr]:
    low, high = (pl.col(model.quantiles[level]) for level in levels)
    return {_term(levels): high - low}


SCORE = Score(
    name="width",
    says="mean width of the interval; of two with the same coverage the narrower is better",
    asks=intervals_of,
    terms=_terms,
    value=lambda model, levels: summed(model, _term(levels)) / COUNT,
    label=_term,
    unit=OWN_UNIT,
    is_ratio=False,
)
