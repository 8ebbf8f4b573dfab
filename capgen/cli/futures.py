"""`capgen futures`: draws how a panel may go on from a moment, or forecasts what comes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.arguments import DATASET_OR_CONFIG
from capgen.cli.futures_table import print_outlook
from capgen.cli.moments import day, moment
from capgen.cli.options import looked_at, takes_config
from capgen.cli.progress import row_progress
from capgen.cli.quantities import names, shares
from capgen.cli.run_options import positive_whole_number
from capgen.cli.stopping import nothing_left_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import wrote
from capgen.storage.location import locate

if TYPE_CHECKING:
    from capgen.config import Resolved
    from capgen.foresight.asked import Asked
    from capgen.foresight.writing import Written


_SHOWN = (0.05, 0.95)


@partial(takes_config, without=("origin",))
def command(
    resolved: "Resolved",
    context: typer.Context,
    start: Annotated[
        datetime,
        typer.Option(
            "--from",
            metavar="MOMENT",
            help="First moment that is not known, in UTC: YYYY-MM-DD or YYYY-MM-DD HH:MM.",
            show_default=False,
            parser=moment,
        ),
    ],
    data: Annotated[Path | None, DATASET_OR_CONFIG] = None,
    draws: Annotated[
        int,
        typer.Option(metavar="N", help="Number of futures.", parser=positive_whole_number),
    ] = 200,
    until: Annotated[
        date | None,
        typer.Option(
            metavar="DAY",
            help="Last day, which may lie after the panel's; by default that.",
            show_default=False,
            parser=day,
        ),
    ] = None,
    servers: Annotated[
        list[str] | None,
        typer.Option(
            "--server",
            metavar="ID",
            help="Only this server; may be repeated.",
            show_default=False,
        ),
    ] = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="KEY",
            help="Only this metric, such as cpu; may be repeated.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        Sequence[str] | None,
        typer.Option(
            metavar="A,B",
            help=(
                "What happens in every future as it does in the panel, in place of new draws: "
                "spikes, events, outliers, gaps."
            ),
            show_default=False,
            parser=names,
        ),
    ] = None,
    quantiles: Annotated[
        Sequence[float] | None,
        typer.Option(
            metavar="A,B",
            help=(
                "Write the best possible forecast in place of the futures: mean, median and these "
                "quantiles, such as 0.05,0.95."
            ),
            show_default=False,
            parser=shares,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write: .parquet or .csv. Without it, a table shows some of what comes.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Draw how a panel may go on from a moment, or forecast it as well as anybody can.

    All futures share the panel's past to the bit. From the moment on each draws
    its own noise, states, spikes, events and gaps, given what these had reached;
    the calendar, growth and planned changes and events are the same in all.
    Column draw numbers them; 0 is the panel itself, the truth to compare with.

    With --quantiles, the oracle forecasts: it knows the model, each server's own
    parameters and what the past has reached. No forecaster can be better, on
    average; a ratio to it says how good one is.

    [bold]Examples[/bold]

    capgen futures data/ --from 2025-12-01 --draws 200 --out futures.parquet

    capgen futures data/ --from 2025-12-01 --quantiles 0.05,0.95 --out oracle.parquet

    capgen futures --preset realistic --from "2024-03-01 12:00" --until 2024-03-28 --keep events
    """
    from capgen.foresight.asked import asked_of

    source = looked_at(data, "DATA", resolved, context)
    asked = asked_of(
        source,
        start,
        draws,
        servers=servers,
        metrics=metrics,
        until=until,
        keep=keep or (),
    )
    if out is None:
        print_outlook(asked, quantiles or _SHOWN, as_json=as_json)
        return
    written = _write(asked, quantiles, out, overwrite=overwrite)
    said = wrote(written.path, written.rows, written.bytes, written.seconds)
    with outcome():
        typer.echo(json.dumps(asdict(written), default=str) if as_json else said)


def _write(
    asked: "Asked", quantiles: Sequence[float] | None, out: Path, *, overwrite: bool
) -> "Written":
    from capgen.foresight.writing import write_forecasts, write_futures

    with nothing_left_when_stopped():
        if quantiles is None:
            with row_progress(asked.cells * (asked.draws + 1)) as on_rows:
                return write_futures(asked, out, overwrite=overwrite, on_rows=on_rows)
        with row_progress(asked.cells * len(asked.keys)) as on_rows:
            return write_forecasts(asked, quantiles, out, overwrite=overwrite, on_rows=on_rows)
