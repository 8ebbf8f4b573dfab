"""`capgen fit`: learns from telemetry what makes each server itself, for a twin of the fleet."""

import json
import math
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.arguments import DATASET
from capgen.cli.moments import day
from capgen.cli.progress import count_progress
from capgen.cli.quantities import names
from capgen.cli.run_options import positive_whole_number
from capgen.cli.stopping import nothing_left_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import byte_size, duration, note
from capgen.errors import RequestError
from capgen.storage.location import from_here
from capgen.words import counted

if TYPE_CHECKING:
    from capgen.twins.fit.fit import FitResult
    from capgen.twins.fit.options import FitOptions
    from capgen.twins.fit.trend import Trend


def command(
    data: Annotated[Path, DATASET],
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=(
                "YAML file to write, by default `fleet.yaml`; the library lies beside it, as "
                "….library.parquet."
            ),
            show_default=False,
        ),
    ] = None,
    states: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="States that each server moves between.",
            parser=positive_whole_number,
        ),
    ] = 4,
    kinds: Annotated[
        int,
        typer.Option(
            metavar="N", help="Kinds of day that each server has.", parser=positive_whole_number
        ),
    ] = 4,
    first: Annotated[
        date | None,
        typer.Option(
            "--from", metavar="DAY", help="First day to fit.", show_default=False, parser=day
        ),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option(
            "--to", metavar="DAY", help="Last day to fit.", show_default=False, parser=day
        ),
    ] = None,
    labels: Annotated[
        Sequence[str] | None,
        typer.Option(
            metavar="NAMES",
            help="Labels that the library keeps, such as server_type,region.",
            show_default=False,
            parser=names,
        ),
    ] = None,
    holidays: Annotated[
        str,
        typer.Option(
            metavar="COUNTRY",
            help="Whose holidays have kinds of day of their own: DE, or DE-BY.",
            show_default=False,
        ),
    ] = "",
    timezone: Annotated[
        str,
        typer.Option(
            metavar="ZONE",
            help=(
                "Whose days and hours the servers follow, such as Europe/Berlin; by default that "
                "by which the exports were written, else UTC."
            ),
            show_default=False,
        ),
    ] = "",
    pool: Annotated[
        bool,
        typer.Option(
            "--pool",
            help="Keep servers with too few values, as ones like the server most like them.",
        ),
    ] = False,
    keep_ids: Annotated[
        bool, typer.Option("--keep-ids", help="Keep the servers' ids, as the label server_id.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace existing files.")] = False,
    test: Annotated[
        bool,
        typer.Option(
            "--test",
            help="Write nothing; say how good a twin is on days that it was not fitted on.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Fit telemetry: learn what makes each server itself, so that build makes a twin of the fleet.

    Writes a small configuration and a library with one row a server: the chances
    of its states by hour and kind of day, how long they last, the quantiles of
    each metric in each state, their season, memory, resolution and gaps. Build
    from it, for any window and any number of servers.

    Steps that divide an hour are fitted with states that last for whole hours;
    daily ones have kinds of day only. A server needs 14 days of values, with daily
    ones 28. Each row comes from one server: treat the library like the telemetry.

    --test fits each half of the days, and lays its twin beside the other half, as
    compare does; beside it stand other real servers, and copies of whole days and
    weeks. It needs twice as many days.

    [bold]Examples[/bold]

    capgen fit telemetry/ --out fleet.yaml

    capgen build --config fleet.yaml --out twin/

    capgen fit telemetry/ --test
    """
    options: FitOptions = {
        "states": states,
        "kinds": kinds,
        "labels": labels or (),
        "holidays": holidays or None,
        "timezone": timezone or None,
        "pool": pool,
    }
    if test:
        _check_nothing_to_write(out=out, overwrite=overwrite, keep_ids=keep_ids)
        from capgen.cli.cross_validation import print_test

        print_test(data, options, (first, last), as_json=as_json)
        return
    from capgen.twins.fit.fit import fit

    with nothing_left_when_stopped(), count_progress("server", "fitted") as on_server:
        result = fit(
            data,
            out or "fleet.yaml",
            first=first,
            last=last,
            keep_ids=keep_ids,
            overwrite=overwrite,
            on_server=on_server,
            **options,
        )
    with outcome():
        _tell(result, as_json=as_json)


def _check_nothing_to_write(**given: bool | str | None) -> None:
    for name, value in given.items():
        if value:
            option = name.replace("_", "-")
            raise RequestError(f"--{option}: expected none beside --test, which writes no files")


def _known(trend: "Trend") -> dict[str, float | None]:
    """Return a trend as JSON has it, which has no NaN."""
    return {name: None if math.isnan(value) else value for name, value in trend._asdict().items()}


def _tell(result: "FitResult", *, as_json: bool) -> None:
    if as_json:
        trends = {key: _known(trend) for key, trend in result.trends.items()}
        typer.echo(json.dumps(asdict(result) | {"trends": trends}, default=str))
        return
    for line in result.left_out:
        note(line)
    for line in result.learnt:
        typer.echo(line)
    library = from_here(result.library)
    size = f"{counted(result.servers, 'server')}, {byte_size(result.library_bytes)}"
    config = from_here(result.config)
    typer.echo(f"Wrote {config} and {library}: {size}, {duration(result.seconds)}")
    typer.echo(f"Try: capgen build --config {shlex.quote(config)} --out twin")
