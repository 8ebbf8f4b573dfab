"""The best possible forecast, as the model that made a panel knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from capgen.scores.models import Model
from capgen.scores.panel import Panel
from capgen.scores.survey import Survey

BEST = "best possible"


@dataclass(frozen=True)
class Best:
    """The best possible forecast.

    Args:
        model: its columns.
        rows: server_id, timestamp, metric and the model's columns.
    """

    model: Model
    rows: pl.LazyFrame

    def of_servers(self, servers: Sequence[str]) -> pl.DataFrame:
        """Return the forecasts of some servers.

        Args:
            servers: their ids.
        """
        return self.rows.filter(pl.col("server_id").is_in(servers)).collect()


def best_of(_panel: Panel, _survey: Survey, _levels: Sequence[float]) -> Best | None:
    """Return the best possible forecast of a panel; none where it is not known."""
    return None
