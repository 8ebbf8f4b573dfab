"""`capgen verify`: compares a dataset, or a rollup, with its manifest."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.streams import outcome
from capgen.cli.text import counted
from capgen.dataset.location import locate

DATASET = typer.Argument(
    metavar="DATA", help="Folder of a dataset that capgen built.", show_default=False, parser=locate
)
FOLDER = typer.Argument(
    metavar="DATA", help="Folder of a dataset, or of a rollup of one.", show_default=False, parser=locate
)


def command(
    data: Annotated[Path, FOLDER],
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Compare every byte of a dataset or rollup with its manifest: nothing missing, altered or extra.

    Exit code 1 when something is. When all is well, it says what to cite.

    [bold]Example[/bold]

    capgen verify data/
    """
    from capgen.dataset.rollup_manifest import RollupManifest, read_either_manifest
    from capgen.dataset.verify import problems

    manifest = read_either_manifest(data)
    found = list(problems(data, manifest))
    with outcome(1 if found else 0):
        if as_json:
            told = {
                "files": len(manifest.files),
                "cite": manifest.citation,
                "problems": [asdict(each) for each in found],
            }
            typer.echo(json.dumps(told, indent=2))
            return
        for each in found:
            typer.echo(f"{each.kind:8} {each.path}: {each.detail}")
        repair = f"capgen repair {data} remakes missing and altered files"
        remedy = "roll its source up anew" if isinstance(manifest, RollupManifest) else repair
        files = counted(len(manifest.files), "file")
        good = f"{data}: {files}, all as built; cite: {manifest.citation}"
        typer.echo(f"{counted(len(found), 'problem')}; {remedy}" if found else good)
