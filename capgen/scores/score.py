"""Scores forecasts beside what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl

from capgen.errors import RequestError
from capgen.scores.best import Best, best_of
from capgen.scores.cells import Bench, Tally, models_by_metric, scored
from capgen.scores.figures import figures, in_order
from capgen.scores.forecasts import Forecasts, read_forecasts
from capgen.scores.models import Model
from capgen.scores.panel import Panel
from capgen.scores.scorecard import Scorecard
from capgen.scores.season import WEEK, naive_model, season_text
from capgen.scores.sums import sums_of, with_whole_horizon
from capgen.scores.survey import Survey, survey_of
from capgen.storage.location import locate
from capgen.system.paths import StrPath

_MOST_VALUES = 20_000_000  # that are held at one time: some 500 MB


def score(
    forecasts: StrPath,
    data: StrPath,
    *,
    since: datetime | None = None,
    metrics: Sequence[str] = (),
    draws: int = 200,
    on_servers: Callable[[int, int], None] = lambda _done, _total: None,
) -> Scorecard:
    """Score forecasts beside what happened, seasonal naive, and the best possible forecast.

    Each series, one metric of one server, has scores of its own; those of a group are their mean.
    Only cells that the panel and all models have a value for are scored.

    Args:
        forecasts: a file of Parquet or CSV, or a folder of Parquet files: server_id (or
            unique_id), timestamp (or ds), metric, a column for each model, and quantiles as
            `MODEL-q0.05`, or `MODEL-lo-90` and `MODEL-hi-90`.
        data: folder of the panel that was forecast.
        since: the first step that the forecasts did not know; by default that after the file's
            cutoff, or the first timestamp of a forecast.
        metrics: keys or columns of the metrics to score; by default all in the file.
        draws: number of futures that the best possible forecast is worked out from, which takes
            longest; 0 leaves it out.
        on_servers: hears how many servers of how many are done.

    Returns:
        The scores, with the frame `table`.

    Raises:
        RequestError: the folder is no dataset, or the file holds no forecasts of it.
        CapgenError: a file cannot be read.
    """
    panel = Panel.of(data)
    names = [panel.metric(name) for name in metrics]
    opened = read_forecasts(locate(forecasts), panel, names)
    survey = survey_of(opened, panel, since)
    _check_past(panel, survey)
    bench, notes = _bench(opened, panel, survey)
    found = best_of(panel, survey, _levels(opened), draws) if draws else None
    tally = Tally()
    cells: Counter[str] = Counter()
    sums = [
        with_whole_horizon(pl.concat(parts))
        for parts in _sums(bench, survey, found, tally, cells, on_servers).values()
        if parts
    ]
    if not sums:
        raise RequestError(
            f"{opened.path}: expected cells that the panel and every model have a value for, got "
            f"none: {'; '.join(tally.notes())}"
        )
    beside = None if found is None else found.model
    rows = figures(pl.concat(sums, how="diagonal"), opened.models, bench.naive, beside)
    archetypes = panel.servers["server_type"].unique().sort().to_list()
    return Scorecard(
        forecasts=str(forecasts),
        data=str(data),
        start=survey.start,
        stop=survey.stop,
        step=panel.described.granularity,
        season=season_text(panel.step),
        models=[model.name for model in opened.models],
        servers=len(survey.servers),
        cells=cells,
        table=in_order(rows, survey.metrics, archetypes, opened.models),
        notes=[*opened.notes, *survey.notes, *notes, *tally.notes(), *_unknown(panel, draws)],
    )


def _check_past(panel: Panel, survey: Survey) -> None:
    earliest = panel.first + WEEK + panel.step
    if survey.start < earliest:
        raise RequestError(
            f"--from: expected more than a season of {season_text(panel.step)} before the first "
            f"forecast, {earliest} or later, got {survey.start}"
        )


def _unknown(panel: Panel, draws: int) -> list[str]:
    if panel.is_built or not draws:
        return []
    return ["the best possible forecast is not known: no model made these rows"]


def _levels(forecasts: Forecasts) -> list[float]:
    return sorted({level for model in forecasts.models for level in model.levels})


def _bench(forecasts: Forecasts, panel: Panel, survey: Survey) -> tuple[Bench, list[str]]:
    """Return what is laid side by side, and which models lack which metric."""
    by_metric = models_by_metric(forecasts, survey.metrics)
    for model in forecasts.models:
        if not any(model in models for models in by_metric.values()):
            raise RequestError(f"{model.name}: expected a value in some row, got none")
    notes = [
        f"{model.name} has no value of {metric}"
        for metric, models in by_metric.items()
        for model in forecasts.models
        if model not in models
    ]
    naive = naive_model(_levels(forecasts))
    return Bench(panel, forecasts, survey.start, survey.stop, by_metric, naive), notes


def _sums(
    bench: Bench,
    survey: Survey,
    best: Best | None,
    tally: Tally,
    cells: Counter[str],
    on_servers: Callable[[int, int], None],
) -> dict[str, list[pl.DataFrame]]:
    """Return the sums of each metric, a few servers at a time."""
    beside: list[Model] = [bench.naive]
    if best is not None:
        beside.append(best.model)
    width = 2 + sum(len(model.columns) for model in [*bench.forecasts.models, *beside])
    values = len(bench.models) * width
    sums: dict[str, list[pl.DataFrame]] = {metric: [] for metric in bench.models}
    done = 0
    for servers in bench.panel.batches(survey.servers, values, _MOST_VALUES):
        rows = bench.cells(servers, None if best is None else best.of_servers(servers))
        for metric, models in bench.models.items():
            whole = scored(rows.filter(metric=metric), [*models, *beside], tally)
            cells[metric] += whole.height
            if models and whole.height:
                sums[metric].append(sums_of(whole, models, beside))
        done += len(servers)
        on_servers(done, len(survey.servers))
    return sums
