"""The pinball loss of each quantile."""

from capgen.scores.losses.loss import (
    COUNT,
    OWN_UNIT,
    Levels,
    Score,
    pinball_name,
    quantile_terms,
    summed,
)


def _label(levels: Levels) -> str:
    return f"pinball {levels[0]:g}"


SCORE = Score(
    name="pinball",
    says="pinball loss of the quantile q: mean of max(q (y − ŷ), (q − 1) (y − ŷ))",
    asks=lambda model: [(level,) for level in model.levels],
    terms=quantile_terms,
    value=lambda model, levels: summed(model, pinball_name(levels[0])) / COUNT,
    label=_label,
    unit=OWN_UNIT,
)
