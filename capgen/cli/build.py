"""`capgen build`: writes a dataset."""

import json
import re
import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.options import takes_config
from capgen.cli.progress import row_progress
from capgen.cli.run_options import ENGINE, FILE_SIZE, MEMORY, REWRITE_PAST, WORKERS
from capgen.cli.stopping import kept_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import byte_size, note, took
from capgen.storage.location import from_here, locate
from capgen.words import counted

if TYPE_CHECKING:
    from capgen.config import Config, Resolved
    from capgen.dataset.building.build import BuildResult


_PLAIN = re.compile(r"[\w./ -]+")


@takes_config
def command(
    resolved: "Resolved",
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help="Where to build: a folder, or s3://bucket/prefix; by default `data`.",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[str, ENGINE] = "local",
    workers: Annotated[int | None, WORKERS] = None,
    memory: Annotated[int | None, MEMORY] = None,
    file_size: Annotated[int | None, FILE_SIZE] = None,
    clean_twin: Annotated[
        str | None,
        typer.Option(
            "--clean-twin",
            metavar="FOLDER",
            help="Also build the same panel, without events, outliers and gaps, in this folder.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a dataset of another configuration.")
    ] = False,
    rewrite_past: Annotated[bool, REWRITE_PAST] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Build a dataset: Parquet files by year and server type.

    The folder appears whole or not at all. Run the same command again to go on
    with an interrupted build. With a later --end-date, a build extends the
    dataset, and first says what it keeps.

    [bold]Examples[/bold]

    capgen build --servers 120 --out data/

    capgen build --granularity hourly --years 1 --set archetypes.web.weekend_factor=0.9 -o hourly/

    capgen build --from data/ --out again/

    RAY_ADDRESS=auto capgen build --engine ray --servers 100000 --years 1 --out /shared/panel/
    """
    # These imports are slow, and --help must be fast.
    from capgen.dataset.building.remade import is_remade
    from capgen.dataset.building.twin import with_twin
    from capgen.dataset.manifest import read_origin
    from capgen.engines.running import build

    config = resolved.config
    panels = [(config, out)] if clean_twin is None else with_twin(config, out, clean_twin)
    origin = resolved.origin
    before = None if origin is None else read_origin(locate(origin))  # the build may replace it
    rows = sum(panel.rows for panel, _ in panels)
    with kept_when_stopped("build"), row_progress(rows) as on_rows:
        results = [
            build(
                panel,
                folder,
                engine=engine,
                workers=workers,
                memory=memory,
                file_size=file_size,
                overwrite=overwrite,
                rewrite_past=rewrite_past,
                on_rows=on_rows,
                on_note=note,
            )
            for panel, folder in panels
        ]
    is_same = bool(origin and before and is_remade(origin, before, results[0].out, note))
    with outcome():
        if as_json:
            documents = [asdict(result) for result in results]
            if origin is not None:
                documents[0]["same_content"] = is_same
            typer.echo(json.dumps(documents if clean_twin else documents[0], default=str))
        else:
            typer.echo("\n".join(summary(result, config) for result in results))
            if is_same:
                typer.echo(f"Content digest as in {origin}: every cell is the same.")


def summary(result: "BuildResult", config: "Config") -> str:
    """Return what a build did, and a query to try.

    Args:
        result: the result of the build.
        config: the configuration that was built.
    """
    folder = from_here(result.out)
    pieces = f"{counted(result.rows, 'row')} in {counted(result.files, 'file')}"
    size = f"{pieces}, {byte_size(result.bytes)}"
    if result.was_complete:
        return f"{folder} is complete already: {size}. Nothing to do."
    kept = f", {counted(result.kept_files, 'file')} kept" if result.kept_files else ""
    built = f"Built {folder}: {size}, {took(result.rows, result.seconds)}{kept}"
    column = next(iter(config.metrics.values())).column
    return f"{built}\nTry: {_query_of(folder, column)}"


def _query_of(folder: str, column: str) -> str:
    """Return a command that queries the folder: DuckDB's own if it can read it.

    DuckDB's command may lack the library or the keys of a store. It also reads a path as a pattern,
    and a folder such as `year=1999` as a column.
    """
    is_plain = _PLAIN.fullmatch(folder) is not None
    table = f"'{folder}/**/*.parquet' as panel" if is_plain else "panel"
    # After a dot any word is a column's name, even `order`.
    query = f"from {table} select server_type, count(*), round(avg(panel.{column}), 1) group by all"
    if is_plain:
        return f'duckdb -c "{query}"'
    return f'capgen query "{query}" --data {shlex.quote(folder)}'
