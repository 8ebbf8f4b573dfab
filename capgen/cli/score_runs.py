"""Runs what `capgen score` is asked for, and prints what comes out."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from capgen.cli.progress import count_progress
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.streams import outcome

if TYPE_CHECKING:
    from capgen.scores.saturation.options import SaturationOptions
    from capgen.scores.scorecard import Scorecard


def score_forecasts(
    file: Path,
    data: Path,
    since: datetime | None,
    metrics: list[str],
    limit: float | None,
    draws: int,
    *,
    as_json: bool,
) -> None:
    """Score forecasts; the exit code is 1 where a ratio is above the limit.

    Args:
        file: of forecasts.
        data: folder of the panel.
        since: the first step that is not known.
        metrics: those to score; all if there is none.
        limit: the highest ratio, if any.
        draws: number of futures behind the best possible forecast.
        as_json: print JSON.
    """
    from capgen.cli.score_table import print_scores
    from capgen.scores.score import score

    with gone_when_stopped(), count_progress("server", "scored") as on_servers:
        found = score(file, data, since=since, metrics=metrics, draws=draws, on_servers=on_servers)
    with outcome(0 if found.passes(limit) else 1):
        if as_json:
            typer.echo(json.dumps(_as_json(found, limit), indent=2, allow_nan=False))
        else:
            print_scores(found, limit)


def score_anomalies(
    file: Path,
    data: Path,
    since: datetime | None,
    kinds: list[str],
    threshold: float | None,
    *,
    as_json: bool,
) -> None:
    """Score what a detector flags.

    Args:
        file: of flags.
        data: folder of the panel.
        since: the first timestamp that counts.
        kinds: which kinds of anomaly count; all if there is none.
        threshold: scores above it are flags.
        as_json: print JSON.
    """
    from capgen.cli.score_detections import print_detections
    from capgen.scores.anomalies.score_anomalies import score_anomalies

    with gone_when_stopped(), count_progress("server", "scored") as on_servers:
        found = score_anomalies(
            file, data, since=since, kinds=kinds, threshold=threshold, on_servers=on_servers
        )
    with outcome():
        if as_json:
            typer.echo(json.dumps(found.as_json(), indent=2, allow_nan=False))
        else:
            print_detections(found)


def score_days(
    file: Path,
    data: Path,
    metric: str,
    limit: float,
    options: SaturationOptions,
    *,
    as_json: bool,
) -> None:
    """Score foretold days of saturation.

    Args:
        file: of days.
        data: folder of the panel.
        metric: that reaches the limit.
        limit: that is reached.
        options: what else is asked.
        as_json: print JSON.
    """
    from capgen.cli.saturation_table import print_foretold
    from capgen.scores.saturation.score_saturation import score_saturation

    with gone_when_stopped(), count_progress("server", "looked at") as on_servers:
        found = score_saturation(file, data, metric, limit, on_servers=on_servers, **options)
    with outcome():
        if as_json:
            typer.echo(json.dumps(found.as_json(), indent=2, allow_nan=False))
        else:
            print_foretold(found)


def _as_json(found: Scorecard, limit: float | None) -> dict[str, object]:
    return {**found.as_json(), "limit": limit, "passed": found.passes(limit)}
