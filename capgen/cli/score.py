"""`capgen score`: lays forecasts beside what happened, and the best possible."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.moments import moment
from capgen.cli.progress import count_progress
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.streams import outcome
from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.system.paths import local_path

if TYPE_CHECKING:
    from capgen.scores.scorecard import Scorecard


def command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FORECASTS",
            help="File of Parquet or CSV, or folder of Parquet files; of flags with --anomalies.",
            show_default=False,
            parser=local_path,
        ),
    ],
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            metavar="DATA",
            help="Folder of the data that was forecast.",
            show_default=False,
            parser=locate,
        ),
    ],
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            metavar="MOMENT",
            help="First step that the forecasts did not know; by default their first timestamp. "
            "With --anomalies the first step that counts; by default the first of all.",
            show_default=False,
            parser=moment,
        ),
    ] = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="NAME",
            help="Metric to score, such as cpu; by default all in the file. May be repeated.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option(
            "--limit",
            metavar="RATIO",
            help="Exit with 1 if a model's ratio to the best possible is above it; to seasonal "
            "naive where the best possible is not known.",
            show_default=False,
        ),
    ] = None,
    best: Annotated[
        bool,
        typer.Option("--best/--no-best", help="Lay them beside the best possible forecast."),
    ] = True,
    anomalies: Annotated[
        bool,
        typer.Option("--anomalies", help="The file is of what a detector of anomalies flags."),
    ] = False,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="With --anomalies: kind that counts, such as surge, outlier or spike; by default "
            "all. May be repeated.",
            show_default=False,
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            metavar="NUMBER",
            help="With --anomalies: a column score above it is a flag.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")] = False,
) -> None:
    r"""Score forecasts beside what happened, and beside the best that is possible.

    A row of the file is one server (server_id or unique_id), timestamp (or ds),
    and metric; each further column of numbers is a model, such as AutoETS. Its
    quantiles are columns AutoETS-q0.05, or AutoETS-lo-90 and AutoETS-hi-90.

    Each score stands beside what seasonal naive gets, which repeats the last
    week, and what the best possible forecast gets: capgen made the data, and
    knows. Ratios below 1 beat it. Only cells that all models have a value for
    are scored; what is left out is told above the table.

    With --anomalies a row is a server and timestamp, with is_anomaly (0 or 1) or
    score; or a server, start and end. What it says is laid beside what was done
    to the data: precision and recall of steps and of events, and the delay.

    [bold]Examples[/bold]

    capgen score forecasts.parquet --data data/

    capgen score cpu.csv --data data/ --metric cpu --from 2025-10-01 --limit 1.1

    capgen score alarms.csv --data data/ --anomalies --kind surge --kind outlier
    """
    of_forecasts = {"--metric": metrics, "--limit": limit}
    of_anomalies = {"--kind": kinds, "--threshold": threshold}
    if anomalies:
        _refuse(of_forecasts, "forecasts, without --anomalies")
        _score_anomalies(file, data, since, kinds or [], threshold, as_json=as_json)
    else:
        _refuse(of_anomalies, "detectors, with --anomalies")
        _check_limit(limit)
        _score_forecasts(file, data, since, metrics or [], limit, best=best, as_json=as_json)


def _refuse(options: Mapping[str, object], what: str) -> None:
    """Refuse options that say nothing of what is scored."""
    for name, value in options.items():
        if value is not None:
            raise RequestError(f"{name}: expected only beside {what}; leave it out")


def _score_forecasts(
    file: Path,
    data: Path,
    since: datetime | None,
    metrics: list[str],
    limit: float | None,
    *,
    best: bool,
    as_json: bool,
) -> None:
    from capgen.cli.score_table import print_scores
    from capgen.scores.score import score

    with gone_when_stopped(), count_progress("server", "scored") as on_servers:
        found = score(file, data, since=since, metrics=metrics, best=best, on_servers=on_servers)
    with outcome(0 if found.passes(limit) else 1):
        if as_json:
            typer.echo(json.dumps(_as_json(found, limit), indent=2, allow_nan=False))
        else:
            print_scores(found, limit)


def _score_anomalies(
    file: Path,
    data: Path,
    since: datetime | None,
    kinds: list[str],
    threshold: float | None,
    *,
    as_json: bool,
) -> None:
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


def _check_limit(limit: float | None) -> None:
    if limit is not None and not 0 <= limit < math.inf:
        raise RequestError(f"--limit: expected a ratio such as 1.5, at least 0, got {limit}")


def _as_json(found: "Scorecard", limit: float | None) -> dict[str, object]:
    return {**found.as_json(), "limit": limit, "passed": found.passes(limit)}
