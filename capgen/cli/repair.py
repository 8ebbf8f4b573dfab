"""`capgen repair`: remakes damaged files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.progress import row_progress
from capgen.cli.run_options import ENGINE, WORKERS
from capgen.cli.stopping import kept_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import counted
from capgen.cli.verify import DATASET


def command(
    data: Annotated[Path, DATASET],
    engine: Annotated[str, ENGINE] = "local",
    workers: Annotated[int | None, WORKERS] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Remake exactly the missing and altered files of a dataset, bit for bit, from its manifest.

    Extra files are left alone; capgen verify names them.

    [bold]Example[/bold]

    capgen repair data/
    """
    from capgen.dataset.manifest import read_manifest
    from capgen.dataset.verify import damaged_files
    from capgen.engines.running import repair

    manifest = read_manifest(data)
    damaged = {problem.path for problem in damaged_files(data, manifest, read=True)}
    rows = sum(manifest.entries[path].rows for path in damaged)
    with kept_when_stopped("repair"), row_progress(rows) as on_rows:
        remade = repair(data, engine=engine, workers=workers, on_rows=on_rows)
    with outcome():
        if as_json:
            typer.echo(json.dumps({"remade": remade}, indent=2))
            return
        for path in remade:
            typer.echo(f"remade {path}")
        told = f"{counted(len(remade), 'file')} remade" if remade else "nothing to repair"
        typer.echo(f"{data}: {told}")
