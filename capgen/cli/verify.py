"""`capgen verify`: compares a dataset, telemetry or a rollup with its manifest."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.streams import outcome
from capgen.storage.location import locate
from capgen.words import counted

FOLDER = typer.Argument(
    metavar="DATA",
    help="Folder of a dataset, of telemetry, or of a rollup.",
    show_default=False,
    parser=locate,
)


def command(
    data: Annotated[Path, FOLDER],
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Compare every byte of a dataset, telemetry or a rollup with its manifest.

    The exit code is 1 if a file is missing, altered or extra. Otherwise the
    command says what to cite, and the unit and statistic of each metric.

    [bold]Example[/bold]

    capgen verify data/
    """
    from capgen.dataset.verify import verify

    found = verify(data)
    with outcome(0 if found.passed else 1):
        if as_json:
            problems = [asdict(problem) for problem in found.problems]
            metrics = [metric.model_dump() for metric in found.metrics]
            document = {
                "files": found.files,
                "cite": found.cite,
                "metrics": metrics,
                "problems": problems,
            }
            typer.echo(json.dumps(document, indent=2))
            return
        for problem in found.problems:
            typer.echo(f"{problem.kind:8} {problem.path}: {problem.detail}")
        if not found.passed:
            way_out = f"; {found.remedy}" if found.remedy else ""
            typer.echo(f"{counted(len(found.problems), 'problem')}{way_out}")
            return
        files = counted(found.files, "file")
        typer.echo(f"{data}: {files}, all as {found.made}; cite: {found.cite}")
        width = max((len(metric.name) for metric in found.metrics), default=0)
        for metric in found.metrics:
            typer.echo(f"  {metric.name:{width}}  {metric.says}")
