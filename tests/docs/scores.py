"""The scores of forecasts, as a table."""

from __future__ import annotations

from capgen.scores.losses import SCORES
from tests.docs.table import table


def score_table() -> str:
    """Return each score in the order of the table that `score` prints."""
    rows = ([score.name, score.says, score.unit, _beside(score.is_ratio)] for score in SCORES)
    return table(["score", "what it is", "unit", "laid beside others"], rows)


def _beside(is_ratio: bool) -> str:
    return "as a ratio" if is_ratio else "as a value"
