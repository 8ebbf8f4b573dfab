"""`capgen report`: draws a dashboard of a dataset."""

import json
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.arguments import DATASET
from capgen.cli.streams import outcome
from capgen.storage.location import locate


def command(
    data: Annotated[Path, DATASET],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder to write into.", parser=locate)
    ] = Path("report"),
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing report.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the paths as JSON.")] = False,
) -> None:
    r"""Draw a dashboard of a dataset: one page that needs no network, and one picture.

    The seven panels show utilisation, distributions, correlations, the week,
    quarter ends and holidays, growth and headroom, and quality. Telemetry has no
    configuration: the third and the fifth are left out, and quality says what
    loading found and mended. The command needs more libraries:
    pip install "capgen\[report]"

    [bold]Example[/bold]

    capgen report data/ --out report/
    """
    from capgen.report import write_report

    paths = write_report(data, out, overwrite=overwrite)
    with outcome():
        if as_json:
            document = {name: str(path) for name, path in paths._asdict().items()}
            typer.echo(json.dumps(document, indent=2))
        else:
            typer.echo("\n".join(map(str, paths)))
