"""What `score` finds out about forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from capgen.scores.figures import ALL

_HEADLINES = ("MASE", "scaled CRPS")


@dataclass(frozen=True)
class Headline:
    """What a model comes to.

    Args:
        model: its name.
        score: what it is measured by: MASE, or scaled CRPS where a model has quantiles only.
        value: over all series and the whole horizon.
        times_naive: its ratio to seasonal naive.
        times_best: its ratio to the best possible; none where that is not known.
    """

    model: str
    score: str
    value: float
    times_naive: float | None
    times_best: float | None

    @property
    def ratio(self) -> float | None:
        """The ratio to the best possible; to seasonal naive where that is not known."""
        return self.times_naive if self.times_best is None else self.times_best


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """What `score` finds out about forecasts.

    Args:
        forecasts: the file's name.
        data: the panel's name.
        start: the first step that is not known.
        stop: the last timestamp that is scored.
        step: the panel's granularity.
        season: of the seasonal naive forecast, in words.
        models: names of the models.
        servers: how many are scored.
        cells: how many are scored, by metric.
        table: a row for each score, metric, archetype, horizon and model: value, naive, best,
            times_naive, times_best, and the number of series, whose mean the values are.
        notes: what was left out, or read in another way.
    """

    forecasts: str
    data: str
    start: datetime
    stop: datetime
    step: str
    season: str
    models: Sequence[str]
    servers: int
    cells: Mapping[str, int]
    table: pl.DataFrame
    notes: Sequence[str]

    @property
    def headlines(self) -> list[Headline]:
        """What each model comes to, in the order of the file."""
        overall = self.table.filter(metric=ALL, archetype=ALL, horizon=ALL)
        found = []
        for model in self.models:
            rows = {row["score"]: row for row in overall.filter(model=model).iter_rows(named=True)}
            score = next((name for name in _HEADLINES if name in rows), None)
            if score is not None:
                row = rows[score]
                figures = (row["value"], row["times_naive"], row["times_best"])
                found.append(Headline(model, score, *figures))
        return found

    def passes(self, limit: float | None) -> bool:
        """Tell whether every model has a ratio, and it is within a limit.

        Args:
            limit: the highest ratio, if any.
        """
        if limit is None:
            return True
        ratios = [headline.ratio for headline in self.headlines]
        within = [ratio is not None and ratio <= limit for ratio in ratios]
        return len(within) == len(self.models) and all(within)

    def as_json(self) -> dict[str, Any]:
        """Return every figure as JSON has it."""
        return {
            "forecasts": self.forecasts,
            "data": self.data,
            "start": self.start.isoformat(),
            "stop": self.stop.isoformat(),
            "step": self.step,
            "season": self.season,
            "servers": self.servers,
            "cells": dict(self.cells),
            "notes": list(self.notes),
            "headlines": [
                {
                    "model": each.model,
                    "score": each.score,
                    "value": each.value,
                    "times_naive": each.times_naive,
                    "times_best": each.times_best,
                }
                for each in self.headlines
            ],
            "table": self.table.to_dicts(),
        }
