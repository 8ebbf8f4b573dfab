"""`capgen repair`: remakes the damaged files of a dataset."""

import json
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.arguments import DATASET
from capgen.cli.progress import row_progress
from capgen.cli.run_options import ENGINE, WORKERS
from capgen.cli.stopping import kept_when_stopped
from capgen.cli.streams import outcome
from capgen.words import counted


def command(
    data: Annotated[Path, DATASET],
    engine: Annotated[str, ENGINE] = "local",
    workers: Annotated[int | None, WORKERS] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Remake exactly the missing and altered files of a dataset, bit for bit, from its manifest.

    It leaves extra files alone; capgen verify names them.

    [bold]Example[/bold]

    capgen repair data/
    """
    from capgen.dataset.building.repair import repair_dataset
    from capgen.engines.running import named_engine

    with kept_when_stopped("repair"):
        remade = repair_dataset(data, named_engine(engine, workers), watch=row_progress)
    with outcome():
        if as_json:
            typer.echo(json.dumps({"remade": remade}, indent=2))
            return
        for path in remade:
            typer.echo(f"remade {path}")
        summary = f"{counted(len(remade), 'file')} remade" if remade else "nothing to repair"
        typer.echo(f"{data}: {summary}")
