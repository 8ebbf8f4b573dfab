"""`capgen plan`: estimates what a build would write, and the time it would take."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.options import takes_config
from capgen.cli.run_options import FILE_SIZE, MEMORY, WORKERS
from capgen.cli.text import byte_size, duration
from capgen.words import counted

if TYPE_CHECKING:
    from capgen.config import Resolved
    from capgen.dataset.estimate import PartitionEstimate


@takes_config
def command(
    resolved: "Resolved",
    workers: Annotated[int | None, WORKERS] = None,
    memory: Annotated[int | None, MEMORY] = None,
    file_size: Annotated[int | None, FILE_SIZE] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> None:
    """Estimate rows, files, bytes and seconds of a build. Nothing is written.

    For bytes and seconds, the command makes a little of each archetype in memory.

    [bold]Example[/bold]

    capgen plan --servers 4000 --granularity hourly
    """
    from capgen.engines.planning import plan

    estimated = plan(resolved.config, workers=workers, memory=memory, file_size=file_size)
    if as_json:
        typer.echo(json.dumps(asdict(estimated), indent=2))
        return
    _print_table(estimated.partitions)
    written = f"{counted(estimated.rows, 'row')} in {counted(estimated.files, 'file')}"
    size = f"about {byte_size(estimated.bytes)}"
    time = f"about {duration(estimated.seconds)} with {counted(estimated.workers, 'worker')}"
    typer.echo(f"\nIn all: {written}, {size}, {time}")


def _print_table(estimates: Sequence["PartitionEstimate"]) -> None:
    from rich.table import Table

    from capgen.cli.tables import print_table

    table = Table("year", "server_type", box=None, pad_edge=False)
    for heading in ("servers", "timestamps", "rows", "files", "about"):
        table.add_column(heading, justify="right")
    for estimate in estimates:
        numbers = (estimate.servers, estimate.timestamps, estimate.rows, estimate.files)
        table.add_row(
            str(estimate.year),
            estimate.archetype,
            *(f"{number:,}" for number in numbers),
            byte_size(estimate.bytes),
        )
    print_table(table)
