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

app = typer.Typer(help="Show, check and start configurations.", no_args_is_help=True)


@app.command("show")
@takes_config
def show(
    resolved: "Resolved",
    json_wanted: Annotated[bool, typer.Option("--json", help="Print values and sources as JSON.")] = False,
) -> None:
    """Print the resolved configuration and where each value came from.

    The output is itself a configuration file. Flags win over CF_DATA_… variables, these over the file of
    --config or CAPACITY_FORECASTER_CONFIG, and that over the preset.

    [bold]Example[/bold]

    capgen config show --seed 7
    """
    from capgen.cli.config_text import as_json, as_yaml

    typer.echo(json.dumps(as_json(resolved.merged), indent=2) if json_wanted else as_yaml(resolved.merged))


@app.command("check")
def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="YAML file to check.", show_default=False, parser=local_path)
    ],
) -> None:
    """Check a configuration file by itself, over the default preset."""
    from capgen.config import config_digest, resolve
    from capgen.config.repairs import repairs
    from capgen.panel.layers.listed import refuse_vanished

    config = resolve(file=file, environment={}).config
    refuse_vanished(config)
    for archetype, distance in repairs(config).items():
        typer.echo(f"note: archetypes.{archetype}.correlation moves by {distance:.4f} at most", err=True)
    with outcome():
        typer.echo(f"{file}: good; config digest {config_digest(config)}")


@app.command("init")
def init(
    file: Annotated[str, typer.Argument(metavar="FILE", help="File to write; - is standard output.")] = "capgen.yaml",
    preset: Annotated[str, typer.Option(metavar="NAME", help="Shipped preset to start from.")] = "default",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file that is there.")] = False,
) -> None:
    """Write a commented configuration file to start from."""
    from capgen.config.sources import preset_text
    from capgen.dataset.output import output
    from capgen.dataset.streams import is_standard_output

    text = preset_text(preset)
    output(file, overwrite=overwrite).write(text.encode())
    if is_standard_output(file):
        return
    with outcome():
        typer.echo(f"Wrote {file}; change what you like, then: capgen build --config {file}")
