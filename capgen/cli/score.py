"""`capgen score`: lays forecasts beside what happened, and the best possible."""

import json
import math
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
            help="File of Parquet or CSV, or folder of Parquet files.",
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
            help="First step that the forecasts did not know; by default their first timestamp.",
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

    [bold]Examples[/bold]

    capgen score forecasts.parquet --data data/

    capgen score cpu.csv --data data/ --metric cpu --from 2025-10-01 --limit 1.1
    """
    from capgen.cli.score_table import print_scores
    from capgen.scores.score import score

    _check_limit(limit)
    with gone_when_stopped(), count_progress("server", "scored") as on_servers:
        found = score(
            file, data, since=since, metrics=metrics or (), best=best, on_servers=on_servers
        )
    with outcome(0 if found.passes(limit) else 1):
        if as_json:
            typer.echo(json.dumps(_as_json(found, limit), indent=2, allow_nan=False))
        else:
            print_scores(found, limit)


def _check_limit(limit: float | None) -> None:
    if limit is not None and not 0 <= limit < math.inf:
        raise RequestError(f"--limit: expected a ratio such as 1.5, at least 0, got {limit}")


def _as_json(found: "Scorecard", limit: float | None) -> dict[str, object]:
    return {**found.as_json(), "limit": limit, "passed": found.passes(limit)}
