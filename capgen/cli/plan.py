"""`capgen plan`: says what a build would write and take."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.options import FILE_SIZE, MEMORY, WORKERS, takes_config
from capgen.cli.text import byte_size, counted, duration

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
    """Say what a build would write and take: rows, files, bytes and seconds. Nothing is written.

    Bytes and seconds are estimated by making a little of each archetype in memory.

    [bold]Example[/bold]

    capgen plan --servers 4000 --granularity hourly
    """
    from capgen.dataset.estimate import estimate_partitions
    from capgen.dataset.sizes import choose_sizes
    from capgen.engines.threads import worker_count

    config = resolved.config
    sizes = choose_sizes(config, memory, file_size, None)
    estimates = list(estimate_partitions(config, sizes))
    totals = {key: sum(getattr(each, key) for each in estimates) for key in ("rows", "files", "bytes")}
    count = min(worker_count(config, workers, memory, sizes.row_group_rows), totals["files"])
    seconds = sum(each.processor_seconds for each in estimates) / count
    if as_json:
        whole = {**totals, "workers": count, "seconds": seconds, "partitions": [asdict(each) for each in estimates]}
        typer.echo(json.dumps(whole, indent=2))
        return
    _print_table(estimates)
    written = f"{counted(totals['rows'], 'row')} in {counted(totals['files'], 'file')}"
    taken = f"about {byte_size(totals['bytes'])}, about {duration(seconds)} with {counted(count, 'worker')}"
    typer.echo(f"\nIn all: {written}, {taken}")


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
