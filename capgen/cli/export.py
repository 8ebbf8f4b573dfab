"""`capgen export`: writes a dataset as one file or table, or as another program takes it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.arguments import DATASET
from capgen.cli.handing_over import check_needs_destination, one_place, tell_handover
from capgen.cli.quantities import names
from capgen.cli.run_options import positive_whole_number
from capgen.cli.stopping import nothing_left_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import wrote
from capgen.handover.destinations import DESTINATIONS

if TYPE_CHECKING:
    pass


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


def _for_option(*names: str, **details: Any) -> Any:
    panel = "For another program"
    return typer.Option(*names, rich_help_panel=panel, show_default=False, **details)


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
        Sequence[str] | None,
        typer.Option(
            "--columns",
            metavar="A,B,C",
            help="Columns to write, in this order; by default all.",
            show_default=False,
            parser=names,
        ),
    ] = None,
    metrics: Annotated[
        Sequence[str] | None,
        typer.Option(
            "--metrics",
            metavar="A,B,C",
            help="Metrics to write, such as cpu or cpu_p95; by default all.",
            show_default=False,
            parser=names,
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
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            metavar="N",
            help="Write at most so many rows, of the first servers.",
            show_default=False,
            parser=positive_whole_number,
        ),
    ] = None,
    since_now: Annotated[
        bool,
        typer.Option(
            "--since-now",
            help=(
                "Shift the rows by whole weeks, so that the last is of the latest full step. "
                "Columns of the day, such as month, are left out."
            ),
        ),
    ] = False,
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
    destination: Annotated[
        str | None,
        _for_option("--for", metavar="NAME", help=f"The program: {', '.join(DESTINATIONS)}."),
    ] = None,
    out: Annotated[
        str | None,
        _for_option("--out", "-o", metavar="PLACE", help="FILE, or the folder of several files."),
    ] = None,
    until: Annotated[
        str | None,
        _for_option(
            "--until",
            metavar="DAY",
            help=(
                "Cut all series after this day, or at a moment such as '2025-10-31 12:00', "
                "into a train and a test part."
            ),
        ),
    ] = None,
    stacked: Annotated[
        bool, _for_option("--stacked", help="All metrics in one file, not a file each.")
    ] = False,
    anomalies: Annotated[
        Sequence[str] | None,
        _for_option(
            "--anomalies",
            metavar="A,B,C",
            help="What is labelled: events, outliers, spikes.",
            parser=names,
        ),
    ] = None,
) -> None:
    """Write a dataset as one file, sorted by server and timestamp. It appears whole or not at all.

    Without FILE, the name is server_metrics_full.csv.gz, or with --format parquet
    raw_server_metrics_{first day}_to_{last day}.parquet, in the working folder. A
    .duckdb file has the rows as the table panel, and the calendar macros. With
    --for, rows are written as another program takes them.

    [bold]Examples[/bold]

    capgen export data/

    capgen export data/ web.parquet --columns timestamp,cpu_p95 --where "server_type = 'web'"

    capgen export data/ my.duckdb && duckdb my.duckdb -c "from panel where is_eoq = 1 limit 10"

    capgen export data/ - --format csv | head

    capgen export data/ --for nixtla --metrics cpu --until 2025-06-30 --out forecast/
    """
    target = one_place(file, out)
    wanted: dict[str, Any] = {
        "format": form,
        "columns": columns,
        "metrics": metrics,
        "where": where,
        "rows": rows,
        "since_now": since_now,
        "overwrite": overwrite,
        "unsafe": unsafe,
        "citation": citation,
    }
    if destination is None:
        check_needs_destination({"--until": until, "--stacked": stacked, "--anomalies": anomalies})
        _export(data, target, as_json=as_json, **wanted)
    else:
        asked = {**wanted, "until": until, "stacked": stacked, "anomalies": anomalies or ()}
        tell_handover(data, destination, target, as_json=as_json, **asked)


def _export(data: Path, target: str | None, *, as_json: bool, **wanted: Any) -> None:
    from capgen.dataset.export.export import export
    from capgen.storage.streams import is_standard_output

    with nothing_left_when_stopped():
        result = export(data, target, **wanted)
    said = wrote(result.path, result.rows, result.bytes, result.seconds)
    text = json.dumps(asdict(result), default=str) if as_json else said
    with outcome():
        typer.echo(text, err=is_standard_output(result.path))
