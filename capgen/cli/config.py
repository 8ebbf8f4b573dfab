"""`capgen config`: shows, checks and starts configurations."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.options import takes_config
from capgen.cli.streams import outcome
from capgen.system.paths import local_path

if TYPE_CHECKING:
    from capgen.config import Resolved

app = typer.Typer(
    name="config",
    help="Show, check and start configurations.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("show")
@takes_config
def show(
    resolved: "Resolved",
    json_wanted: Annotated[
        bool, typer.Option("--json", help="Print values and sources as JSON.")
    ] = False,
) -> None:
    """Print the resolved configuration and the source of each value.

    The output is itself a configuration file. Flags win over CF_DATA_… variables,
    these over the file of --config or CAPACITY_FORECASTER_CONFIG, and the file
    over the preset.

    [bold]Example[/bold]

    capgen config show --seed 7
    """
    from capgen.cli.config_text import as_json, as_yaml

    typer.echo(json.dumps(as_json(resolved), indent=2) if json_wanted else as_yaml(resolved))


_FILE = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", help="YAML file to check.", show_default=False, parser=local_path
    ),
]


def _check(resolved: "Resolved") -> None:
    """Check the configuration of a build: a file on a preset, with CF_DATA_… variables and flags.

    [bold]Examples[/bold]

    capgen config check my.yaml

    capgen config check my.yaml --preset telemetry --servers 40
    """
    from capgen.config import model_digest
    from capgen.panel.unseen import refuse_unseen

    refuse_unseen(resolved.config)
    with outcome():
        typer.echo(f"good; model digest {model_digest(resolved.config)}")


app.command("check")(takes_config(_check, _FILE))


@app.command("init")
def init(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="File to write; - is standard output.")
    ] = "capgen.yaml",
    preset: Annotated[
        str, typer.Option(metavar="NAME", help="Shipped preset to start from.")
    ] = "default",
    archetype: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Write only a new archetype, complete, and shares that leave room for it.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file.")
    ] = False,
) -> None:
    """Write a commented configuration file to start from.

    [bold]Examples[/bold]

    capgen config init my.yaml

    capgen config init - --archetype cache
    """
    from capgen.config.new_archetype import archetype_text
    from capgen.config.sources import preset_text
    from capgen.storage.output import output
    from capgen.storage.streams import is_standard_output

    text = preset_text(preset) if archetype is None else archetype_text(archetype, preset)
    output(file, overwrite=overwrite).write(text.encode())
    if is_standard_output(file):
        return
    with outcome():
        typer.echo(f"Wrote {file}; change what you like, then: capgen build --config {file}")
