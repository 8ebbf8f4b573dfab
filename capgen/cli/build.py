"""`capgen build`: writes a dataset."""

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.options import takes_config
from capgen.cli.progress import row_progress
from capgen.cli.text import byte_size, counted, rate

if TYPE_CHECKING:
    from capgen.config import Resolved
    from capgen.engines.threads import BuildResult


@takes_config
def command(
    resolved: "Resolved",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="Where to build; `data` without it.", show_default=False),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Threads; one a processor without it. The data does not depend on it.", show_default=False
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a dataset that is there already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Build a dataset: Parquet files by year and server type.

    The folder appears whole or not at all. Values depend only on the seed and the configuration:
    build again, in parts, or with more servers, and every cell is the same.

    [bold]Examples[/bold]

    capgen build --servers 120 --out data/

    capgen build --granularity hourly --years 1 --set archetypes.web.weekend_factor=0.9 --out hourly/
    """
    # Imported here, because they are slow and --help must not be.
    from capgen.engines.threads import build
    from capgen.panel.time_axis import TimeAxis

    config = resolved.config
    with row_progress(config.num_servers * TimeAxis.of(config).span.size) as on_rows:
        result = build(config, out, workers=workers, overwrite=overwrite, on_rows=on_rows)
    typer.echo(json.dumps(asdict(result), default=str) if as_json else _summary(result))


def _summary(result: "BuildResult") -> str:
    folder = _from_here(result.out)
    files = f"{folder}/**/*.parquet".replace("'", "''")
    query = f"from '{files}' select server_type, count(*), round(avg(cpu_p95), 1) group by all"
    return (
        f"Built {folder}: {counted(result.rows, 'row')} in {counted(result.files, 'file')}, {byte_size(result.bytes)}, "
        f"{result.seconds:.1f} s ({rate(result.rows, result.seconds)})\n"
        f"Try: duckdb -c {_shell_word(query)}"
    )


def _from_here(folder: Path) -> str:
    return str(folder.relative_to(Path.cwd())) if folder.is_relative_to(Path.cwd()) else str(folder)


def _shell_word(text: str) -> str:
    """Quote for a shell; double quotes, where they will do, keep SQL's own quotes readable."""
    return shlex.quote(text) if set(text) & set('"$`\\!') else f'"{text}"'
