"""`capgen verify`: compares a dataset with its manifest."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.text import counted

DATASET = typer.Argument(metavar="DATA", help="Folder of a dataset that capgen built.", show_default=False)


def command(
    data: Annotated[Path, DATASET],
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Compare every byte of a dataset with its manifest: nothing missing, altered or extra.

    Exit code 1 when something is.

    [bold]Example[/bold]

    capgen verify data/
    """
    from capgen.dataset.manifest import read_manifest
    from capgen.dataset.verify import problems

    manifest = read_manifest(data)
    found = list(problems(data, manifest))
    if as_json:
        typer.echo(json.dumps({"files": len(manifest.files), "problems": [asdict(each) for each in found]}, indent=2))
    else:
        for each in found:
            typer.echo(f"{each.kind:8} {each.path}: {each.detail}")
        wrong = f"{counted(len(found), 'problem')}; capgen repair {data} remakes missing and altered files"
        typer.echo(wrong if found else f"{data}: {counted(len(manifest.files), 'file')}, all as built")
    if found:
        raise typer.Exit(1)
