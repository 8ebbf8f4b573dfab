"""The cells that are scored: what happened, beside what each model said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import polars as pl

from capgen.scores.forecasts import KEYS, Forecasts
from capgen.scores.horizon import horizon_of
from capgen.scores.models import METRIC, Model
from capgen.scores.panel import Panel
from capgen.scores.season import naive_quantiles, with_naive
from capgen.words import counted

_GAP = "gap"
_UNSAID = "unsaid"
_REASONS = {
    _GAP: "where the panel has no value",
    _UNSAID: "of the panel without a row of forecasts",
}


@dataclass
class Tally:
    """Cells that are not scored, by the reason, and those whose quantiles cross, by the model."""

    counts: Counter[str] = field(default_factory=Counter)
    crossed: Counter[str] = field(default_factory=Counter)

    def notes(self) -> Iterator[str]:
        """Yield what they come to, in words."""
        for reason, count in self.counts.items():
            if count:
                where = _REASONS.get(reason, f"where {reason} has no value")
                yield f"not scored: {counted(count, 'cell')} {where}"
        for model, count in self.crossed.items():
            if count:
                cells = counted(count, "cell")
                yield f"{model}: a lower quantile lies above a higher one in {cells}"


@dataclass(frozen=True)
class Bench:
    """What is laid side by side.

    Args:
        panel: what happened.
        forecasts: what was said.
        start: the first step that is not known.
        stop: the last one that is scored.
        models: by metric, the file's models that forecast it.
        naive: the seasonal naive forecast.
    """

    panel: Panel
    forecasts: Forecasts
    start: datetime
    stop: datetime
    models: Mapping[str, Sequence[Model]]
    naive: Model

    def cells(self, servers: Sequence[str], best: pl.DataFrame | None) -> pl.DataFrame:
        """Return the cells of some servers, beside all forecasts of them.

        Args:
            servers: their ids.
            best: the best possible forecasts of these servers, if there are any.
        """
        metrics = list(self.models)
        rows = (
            self.panel.scan()
            .filter(pl.col("server_id").is_in(servers), pl.col("timestamp") <= self.stop)
            .select("server_id", "server_type", "timestamp", *metrics)
            .collect(engine="streaming")
            .sort("server_id", "timestamp")
        )
        cells = with_naive(rows, metrics, self.start, self.panel.step)
        cells = cells.with_columns(
            horizon_of(self.start, self.panel.step), *naive_quantiles(self.naive)
        )
        said = self.forecasts.between(self.start, self.stop).of_servers(servers)
        said = said.with_columns(is_said=pl.lit(True))
        cells = cells.join(said, on=KEYS, how="left", maintain_order="left")
        if best is not None:
            cells = cells.join(best, on=KEYS, how="left", maintain_order="left")
        return cells


def scored(cells: pl.DataFrame, models: Sequence[Model], tally: Tally) -> pl.DataFrame:
    """Return the cells of a metric that all models have a value for, so that all are fairly scored.

    Args:
        cells: of one metric.
        models: those that forecast it, with what they are laid beside.
        tally: where the others are counted, and those whose quantiles cross.
    """
    for reason, is_there in _conditions(models):
        tally.counts[reason] += cells.select((~is_there).sum()).item()
        cells = cells.filter(is_there)
    for model in models:
        tally.crossed[model.name] += cells.select(_cross(model).sum()).item()
    return cells


def _cross(model: Model) -> pl.Expr:
    columns = [model.quantiles[level] for level in model.levels]
    pairs = pairwise(columns)
    return pl.any_horizontal(pl.lit(False), *(pl.col(low) > pl.col(high) for low, high in pairs))


def _conditions(models: Sequence[Model]) -> Iterator[tuple[str, pl.Expr]]:
    yield _UNSAID, pl.col("is_said").is_not_null()
    yield _GAP, pl.col("y").is_not_null()
    for model in models:
        yield model.name, pl.all_horizontal(pl.col(model.columns).is_not_null())


def models_by_metric(forecasts: Forecasts, metrics: Sequence[str]) -> dict[str, list[Model]]:
    """Return which models forecast each metric: those that have any value of it.

    Args:
        forecasts: the file.
        metrics: names of the metrics.
    """
    values = [
        pl.sum_horizontal(pl.col(model.columns).count()).alias(model.name)
        for model in forecasts.models
    ]
    counts = forecasts.collected(forecasts.rows.group_by(METRIC).agg(values))
    by_metric = {row[METRIC]: row for row in counts.iter_rows(named=True)}
    return {
        metric: [model for model in forecasts.models if by_metric[metric][model.name]]
        for metric in metrics
    }
