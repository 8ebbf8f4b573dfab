"""`capgen extend`: extends a dataset to a later day."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from capgen.cli.arguments import DATASET
from capgen.cli.build import summary
from capgen.cli.progress import row_progress
from capgen.cli.run_options import ENGINE, MEMORY, REWRITE_PAST, WORKERS
from capgen.cli.stopping import kept_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import note


def command(
    data: Annotated[Path, DATASET],
    end_date: Annotated[
        str,
        typer.Option(
            "--end-date", metavar="DAY", help="New last day, inclusive.", show_default=False
        ),
    ],
    rewrite_past: Annotated[bool, REWRITE_PAST] = False,
    engine: Annotated[str, ENGINE] = "local",
    workers: Annotated[int | None, WORKERS] = None,
    memory: Annotated[int | None, MEMORY] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Extend a dataset to a later day; its manifest says everything else.

    The command first says which files it keeps and which it writes anew. Past
    values never change, unless --rewrite-past allows it. The default preset needs
    that, because of growth.trend: window.

    [bold]Examples[/bold]

    capgen extend data/ --end-date 2026-12-31 --rewrite-past

    capgen extend telemetry/ --end-date 2027-06-30
    """
    from capgen.dataset.building.extending import extended_config
    from capgen.dataset.manifest import read_manifest
    from capgen.engines.running import extend

    config = extended_config(read_manifest(data), end_date)
    with kept_when_stopped("extend"), row_progress(config.rows) as on_rows:
        result = extend(
            data,
            end_date,
            rewrite_past=rewrite_past,
            engine=engine,
            workers=workers,
            memory=memory,
            on_rows=on_rows,
            on_note=note,
        )
    with outcome():
        typer.echo(json.dumps(asdict(result), default=str) if as_json else summary(result, config))
