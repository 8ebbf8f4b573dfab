"""`capgen score`: lays forecasts beside what happened, and the best possible."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.moments import moment
from capgen.cli.quantities import ratio
from capgen.cli.saturation_options import RULE, UNTIL
from capgen.cli.score_runs import score_anomalies, score_days, score_forecasts
from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.system.paths import local_path

if TYPE_CHECKING:
    from capgen.scores.saturation.options import SaturationOptions


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
            parser=ratio,
        ),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Futures that the best possible forecast is worked out from; 0 leaves it out.",
            min=0,
        ),
    ] = 200,
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
    days: Annotated[
        bool,
        typer.Option("--saturation", help="The file is of days on which servers reach a limit."),
    ] = False,
    reached: Annotated[
        float | None,
        typer.Option(
            "--reaches",
            metavar="NUMBER",
            help="With --saturation: the limit, in the unit of the one --metric.",
            show_default=False,
        ),
    ] = None,
    rule: Annotated[str | None, RULE] = None,
    until: Annotated[date | None, UNTIL] = None,
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

    With --saturation a row is a server and the day on which it is foretold to
    reach a limit, as capgen saturation says it: told is how early or late.

    [bold]Examples[/bold]

    capgen score forecasts.parquet --data data/

    capgen score cpu.csv --data data/ --metric cpu --from 2025-10-01 --limit 1.1

    capgen score alarms.csv --data data/ --anomalies --kind surge --kind outlier

    capgen score days.csv --data data/ --saturation --metric cpu --reaches 80
    """
    of_anomalies = {"--kind": kinds, "--threshold": threshold}
    of_days = {"--reaches": reached, "--rule": rule, "--until": until}
    if anomalies and days:
        raise RequestError("--anomalies: expected it or --saturation, got both")
    if not anomalies:
        _refuse(of_anomalies, "--anomalies")
    if not days:
        _refuse(of_days, "--saturation")
    if anomalies:
        _refuse({"--metric": metrics, "--limit": limit}, "forecasts")
        score_anomalies(file, data, since, kinds or [], threshold, as_json=as_json)
    elif days:
        _refuse({"--limit": limit}, "forecasts")
        metric = _only(metrics)
        if reached is None:
            raise RequestError("--reaches: expected the limit, such as 80, got none")
        first = None if since is None else since.date()
        options: SaturationOptions = {
            "rule": rule,
            "since": first,
            "until": until,
            "draws": draws,
        }
        score_days(file, data, metric, reached, options, as_json=as_json)
    else:
        score_forecasts(file, data, since, metrics or [], limit, draws, as_json=as_json)


def _only(metrics: list[str] | None) -> str:
    """Return the metric, where one is asked for."""
    if metrics is None or len(metrics) != 1:
        raise RequestError(f"--metric: expected one, got {len(metrics or [])}")
    return metrics[0]


def _refuse(options: Mapping[str, object], what: str) -> None:
    """Refuse options that say nothing of what is scored."""
    for name, value in options.items():
        if value is not None:
            raise RequestError(f"{name}: expected only with {what}; leave it out")
