"""`capgen saturation`: says when servers reach a limit."""

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.arguments import DATASET_OR_CONFIG
from capgen.cli.options import looked_at, takes_config
from capgen.cli.progress import count_progress
from capgen.cli.saturation_options import DRAWS, RULE, SINCE, UNTIL
from capgen.cli.stopping import nothing_left_when_stopped
from capgen.cli.streams import outcome
from capgen.storage.location import from_here, locate

if TYPE_CHECKING:
    from capgen.config import Resolved


@partial(takes_config, without=("origin",))
def command(
    resolved: "Resolved",
    context: typer.Context,
    metric: Annotated[
        str,
        typer.Option("--metric", metavar="NAME", help="Metric, such as cpu.", show_default=False),
    ],
    limit: Annotated[
        float,
        typer.Option(
            "--limit",
            metavar="NUMBER",
            help="Limit in the metric's unit, such as 80.",
            show_default=False,
        ),
    ],
    data: Annotated[Path | None, DATASET_OR_CONFIG] = None,
    rule: Annotated[str | None, RULE] = None,
    since: Annotated[date | None, SINCE] = None,
    until: Annotated[date | None, UNTIL] = None,
    draws: Annotated[int, DRAWS] = 200,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write the days of all servers: .csv or .parquet.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")] = False,
) -> None:
    """Say when each server reaches a limit: what to expect, what happens, what could.

    expected is the first day on which the value without noise, spikes and events
    reaches the limit; drawn that of the panel; and 5 %, 50 % and 95 % are those
    of its futures, which go on from what the panel has reached by --from.

    A twin answers the planner's question: fit your fleet, and ask about a day
    after the end of the data. Change a key of its configuration, such as 30 %
    more load, and the days differ by nothing but that.

    [bold]Examples[/bold]

    capgen saturation twin/ --metric cpu --limit 80 --until 2027-03-31

    capgen saturation data/ --metric cpu --limit 80 --rule "p95 of 7 days" --out days.csv

    capgen saturation --config fleet.yaml --metric mem --limit 90 --draws 0 --json
    """
    from capgen.cli.saturation_table import print_saturation
    from capgen.dataset.export.table_file import table_file
    from capgen.scores.saturation.saturation import saturation
    from capgen.scores.saturation.writing import write_days

    source = looked_at(data, "DATA", resolved, context)
    file = None if out is None else table_file(out, overwrite=overwrite)
    with nothing_left_when_stopped():
        with count_progress("server", "looked at") as on_servers:
            found = saturation(
                source,
                metric,
                limit,
                rule=rule,
                since=since,
                until=until,
                draws=draws,
                on_servers=on_servers,
            )
        if file is not None:
            write_days(found, file)
    with outcome():
        if as_json:
            typer.echo(json.dumps(found.as_json(), indent=2, allow_nan=False))
        else:
            print_saturation(found, None if file is None else from_here(file.path))
