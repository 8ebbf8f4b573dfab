"""`capgen export`: writes a dataset as one file, a DuckDB database or a Delta table."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.arguments import DATASET
from capgen.cli.stopping import nothing_left_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import byte_size, counted, rate
from capgen.storage.location import from_here

if TYPE_CHECKING:
    from capgen.dataset.export.export import ExportResult


class Format(StrEnum):
    """The format of an exported file."""

    csv = "csv"
    csv_gz = "csv.gz"
    parquet = "parquet"
    ndjson = "ndjson"
    ndjson_gz = "ndjson.gz"
    json = "json"
    arrow = "arrow"
    xlsx = "xlsx"
    duckdb = "duckdb"


def command(
    data: Annotated[Path, DATASET],
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help=(
                ".csv, .csv.gz, .parquet, .ndjson, .ndjson.gz, .json, .arrow, .xlsx or .duckdb; "
                "delta:FOLDER; - is standard output."
            ),
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="By default the ending of FILE says it; csv.gz without FILE.",
            show_default=False,
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="A,B,C",
            help="Columns to write, in this order; by default all.",
            show_default=False,
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            "--where",
            metavar="SQL",
            help="Write only rows that meet this condition on the panel's columns.",
            show_default=False,
        ),
    ] = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Let the condition read other files.")
    ] = False,
    citation: Annotated[
        bool,
        typer.Option(
            "--citation",
            help=(
                "Also write FILE.citation.txt, which says what to cite. "
                "Parquet, Arrow, DuckDB and Delta hold this inside as well."
            ),
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file or table.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Write a dataset as one file, sorted by server and timestamp. It appears whole or not at all.

    Without FILE, the name is server_metrics_full.csv.gz, or with --format parquet
    raw_server_metrics_{first day}_to_{last day}.parquet, in the working folder. A
    .duckdb file has the rows as the table panel, and the calendar macros.

    [bold]Examples[/bold]

    capgen export data/

    capgen export data/ web.parquet --columns timestamp,cpu_p95 --where "server_type = 'web'"

    capgen export data/ my.duckdb && duckdb my.duckdb -c "from panel where is_eoq = 1 limit 10"

    capgen export data/ - --format csv | head
    """
    from capgen.dataset.export.export import export
    from capgen.storage.streams import is_standard_output

    chosen = None if columns is None else [name.strip() for name in columns.split(",")]
    with nothing_left_when_stopped():
        result = export(
            data,
            file,
            format=form,
            columns=chosen,
            where=where,
            overwrite=overwrite,
            unsafe=unsafe,
            citation=citation,
        )
    text = json.dumps(asdict(result), default=str) if as_json else _summary(result)
    with outcome():
        typer.echo(text, err=is_standard_output(result.path))


def _summary(result: "ExportResult") -> str:
    size = f"{counted(result.rows, 'row')}, {byte_size(result.bytes)}"
    speed = f"{result.seconds:.1f} s ({rate(result.rows, result.seconds)})"
    return f"Wrote {from_here(result.path)}: {size}, {speed}"
