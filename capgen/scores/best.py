"""The best possible forecast, as the model that made a panel knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from capgen.foresight.oracle import MEDIAN, METRIC, ORACLE, oracle
from capgen.scores.models import Model
from capgen.scores.panel import Panel
from capgen.scores.survey import Survey

BEST = "best possible"


@dataclass(frozen=True)
class Best:
    """The best possible forecast.

    Args:
        model: its columns.
        panel: that it is of.
        survey: which cells of it are forecast.
        draws: number of futures that it is worked out from.
    """

    model: Model
    panel: Panel
    survey: Survey
    draws: int

    def of_servers(self, servers: Sequence[str]) -> pl.DataFrame:
        """Return the forecasts of some servers: server_id, timestamp, metric, and its columns.

        Args:
            servers: their ids.
        """
        keys = {metric.name: metric.key for metric in self.panel.described.metrics}
        names = {keys[column]: name for name, column in self.panel.metrics.items()}
        wanted = [key for key, name in names.items() if name in self.survey.metrics]
        rows = oracle(
            self.panel.folder,
            self.survey.start,
            self.model.levels,
            draws=self.draws,
            servers=servers,
            metrics=wanted,
            until=self.survey.stop.date(),
        )
        columns = {f"{ORACLE}-q{level:g}": name for level, name in self.model.quantiles.items()}
        found = rows.filter(pl.col("timestamp") <= self.survey.stop).collect()
        return found.rename({ORACLE: BEST, **columns}).with_columns(
            pl.col(METRIC).replace_strict(names, return_dtype=pl.String)
        )


def best_of(panel: Panel, survey: Survey, levels: Sequence[float], draws: int) -> Best | None:
    """Return the best possible forecast of a panel; none where nobody knows the model.

    Args:
        panel: of any kind.
        survey: which cells of it are forecast.
        levels: of the quantiles that are asked for.
        draws: number of futures that it is worked out from.
    """
    if not panel.is_built:
        return None
    quantiles = {level: f"{BEST} {level:g}" for level in sorted({*levels, MEDIAN})}
    model = Model(BEST, BEST, quantiles, median=quantiles[MEDIAN])
    return Best(model, panel, survey, draws)
