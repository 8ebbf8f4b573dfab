"""Intervals between two quantiles."""

from __future__ import annotations

from collections.abc import Sequence

from capgen.scores.losses.loss import Levels
from capgen.scores.models import Model


def intervals_of(model: Model) -> Sequence[Levels]:
    """Return the lower and the upper level of each central interval, the widest first.

    Args:
        model: the model.
    """
    lower = [level for level in model.levels if level < 0.5]
    pairs = [(level, round(1 - level, 10)) for level in lower]
    return [pair for pair in pairs if pair[1] in model.quantiles]


def interval_name(levels: Levels) -> str:
    """Return an interval's name, such as `90 %`.

    Args:
        levels: the lower and the upper one.
    """
    low, high = levels
    return f"{100 * (high - low):g} %"
