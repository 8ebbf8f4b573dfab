"""`capgen plan`: says what a build would write."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.options import takes_config
from capgen.cli.text import byte_size, counted

if TYPE_CHECKING:
    from capgen.config import Resolved
    from capgen.dataset.plan import PartitionEstimate


@takes_config
def command(
    resolved: "Resolved",
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> None:
    """Say what a build would write: rows, files and bytes. Nothing is written.

    Bytes are estimated by encoding a little of each archetype in memory.

    [bold]Example[/bold]

    capgen plan --servers 4000 --granularity hourly
    """
    from capgen.dataset.plan import estimate_partitions

    estimates = list(estimate_partitions(resolved.config))
    if as_json:
        totals = {key: sum(getattr(each, key) for each in estimates) for key in ("rows", "files", "bytes")}
        typer.echo(json.dumps({**totals, "partitions": [asdict(each) for each in estimates]}, indent=2))
    else:
        _print_table(estimates)


def _print_table(estimates: list["PartitionEstimate"]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("year", "server_type", box=None, pad_edge=False)
    for heading in ("servers", "timestamps", "rows", "files", "about"):
        table.add_column(heading, justify="right")
    for each in estimates:
        numbers = (each.servers, each.timestamps, each.rows, each.files)
        table.add_row(str(each.year), each.archetype, *(f"{number:,}" for number in numbers), byte_size(each.bytes))
    Console(soft_wrap=True).print(table)
    rows, files, size = (sum(getattr(each, key) for each in estimates) for key in ("rows", "files", "bytes"))
    typer.echo(f"\nIn all: {counted(rows, 'row')} in {counted(files, 'file')}, about {byte_size(size)}")
