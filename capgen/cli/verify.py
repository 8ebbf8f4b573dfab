"""`capgen verify`: compares a dataset or a rollup with its manifest."""

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.streams import outcome
from capgen.cli.text import counted
from capgen.storage.location import locate

FOLDER = typer.Argument(
    metavar="DATA",
    help="Folder of a dataset or of a rollup.",
    show_default=False,
    parser=locate,
)


def command(
    data: Annotated[Path, FOLDER],
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Compare every byte of a dataset or rollup with its manifest.

    The exit code is 1 if a file is missing, altered or extra. Otherwise the
    command says what to cite.

    [bold]Example[/bold]

    capgen verify data/
    """
    from capgen.dataset.verify import verify

    found = verify(data)
    with outcome(0 if found.passed else 1):
        if as_json:
            problems = [asdict(problem) for problem in found.problems]
            document = {"files": found.files, "cite": found.cite, "problems": problems}
            typer.echo(json.dumps(document, indent=2))
            return
        for problem in found.problems:
            typer.echo(f"{problem.kind:8} {problem.path}: {problem.detail}")
        repair = f"capgen repair {shlex.quote(str(data))} remakes missing and altered files"
        remedy = "roll its dataset up again" if found.is_rollup else repair
        good = f"{data}: {counted(found.files, 'file')}, all as built; cite: {found.cite}"
        typer.echo(good if found.passed else f"{counted(len(found.problems), 'problem')}; {remedy}")
