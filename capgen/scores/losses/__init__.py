"""The scores of forecasts.

A score stands in a file by itself: to add one is to add its file, and a line here. The table, its
order and all texts about scores are made from this list.
"""

from __future__ import annotations

from capgen.scores.losses import coverage, crps, mae, mase, pinball, rmse, rmsse, width
from capgen.scores.losses.loss import Score

SCORES: tuple[Score, ...] = (
    mae.SCORE,
    rmse.SCORE,
    mase.SCORE,
    rmsse.SCORE,
    pinball.SCORE,
    crps.CRPS,
    crps.SCALED,
    coverage.SCORE,
    width.SCORE,
)
