"""`capgen rollup`: computes P95, mean and maximum of a dataset for each day or hour."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.arguments import DATASET
from capgen.cli.stopping import nothing_left_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import byte_size, note, took
from capgen.storage.location import from_here, locate
from capgen.words import counted

if TYPE_CHECKING:
    from capgen.dataset.rollup.rollup import RollupResult


class Step(StrEnum):
    """The step of a rollup."""

    daily = "daily"
    hourly = "hourly"


def command(
    data: Annotated[Path, DATASET],
    step: Annotated[
        Step, typer.Option("--to", metavar="STEP", help="daily or hourly.", show_default=False)
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help="A new or empty folder.",
            show_default=False,
            parser=locate,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Roll a dataset up to days or hours: P95, mean and maximum of each metric.

    Of telemetry, raw samples have all three, such as cpu_p95; of means, minima
    and maxima the same statistic remains. The Parquet files have the same layout.
    The P95 of a build keeps the metric's column,
    such as cpu_p95; cpu_mean and cpu_max stand beside it. The column samples
    counts the dataset's rows in the period; is_partial is 1 if a whole period has
    more. Missing values do not count. The truth's is_spike and is_outlier are 1
    if any step has it; outlier_metrics and event_id list those of all steps;
    state is that of most steps, and state_share its share. Expected means are
    left out.

    [bold]Example[/bold]

    capgen rollup hourly/ --to daily --out daily/
    """
    from capgen.dataset.rollup.rollup import rollup

    with nothing_left_when_stopped():
        result = rollup(data, step.value, out)
    with outcome():
        _tell(result, data, as_json=as_json)


def _tell(result: "RollupResult", data: Path, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(result), default=str))
        return
    if result.damaged_files:
        damaged = counted(len(result.damaged_files), "file")
        note(f"{damaged} of {data} missing or altered; capgen verify {data} names them")
    for line in result.left_out:
        note(line)
    facts = [
        f"{counted(result.rows, 'row')} in {counted(result.files, 'file')}",
        byte_size(result.bytes),
    ]
    if result.partial_rows:
        facts.append(f"{counted(result.partial_rows, 'row')} of partial periods")
    facts.append(took(result.rows, result.seconds))
    typer.echo(f"Rolled up {from_here(result.out)}: {', '.join(facts)}")
