"""`capgen query`: asks a panel in SQL, written or not."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.options import given_options, takes_config
from capgen.cli.text import counted
from capgen.dataset.location import locate
from capgen.errors import CapgenError, RequestError

if TYPE_CHECKING:
    from capgen.config import Resolved

_MOST_ROWS_SHOWN, _WIDEST = 40, 10_000


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@takes_config
def command(
    resolved: "Resolved",
    context: typer.Context,
    query: Annotated[
        str, typer.Argument(metavar="SQL", help="One statement over `panel`; - reads it from standard input.")
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DATA",
            help="Ask this dataset, not what a build would write.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="By the ending of --output without it, else a table.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to it, whole.", show_default=False, parser=locate),
    ] = None,
) -> None:
    """Ask a panel in SQL. Without --data nothing is ever written: rows are made as the query needs them.

    The table is called panel; the calendar macros, such as eoq_factor(timestamp), are there too.

    [bold]Examples[/bold]

    capgen query "select server_type, avg(cpu_p95) from panel group by all"

    capgen query "from panel where is_eoq = 1 and eoq_factor(timestamp) > 1.2 limit 10" --granularity hourly

    capgen query "select * from panel" --data data/ --output panel.csv
    """
    from capgen.dataset.connecting import connect
    from capgen.dataset.store_errors import reading_reason
    from capgen.sql import DatabaseError

    given = given_options(context)
    if data and given:
        raise RequestError(f"--data: a dataset has its own configuration; leave out {', '.join(given)}")
    chosen = _format(form, output)
    text = sys.stdin.read() if query == "-" else query
    with connect(data or resolved.config) as connection:
        try:
            _answer(connection.sql(text), chosen, output)
        except DatabaseError as error:
            reason = reading_reason(error)
            if data and reason != str(error):
                raise CapgenError(f"{data}: {reason}") from None
            raise RequestError(f"SQL: {error}") from None


def _format(form: Format | None, output: Path | None) -> Format:
    endings = {f".{each}": each for each in (Format.csv, Format.json, Format.parquet)}
    if output and form is None and output.suffix not in endings:
        raise RequestError(f"--output: expected a name that ends in {', '.join(endings)}, or --format; got {output}")
    chosen = form or (endings[output.suffix] if output else Format.table)
    if chosen is Format.parquet and not output:
        raise RequestError("--format parquet: expected a file to write to; add --output FILE")
    return chosen


def _answer(relation: Any, form: Format, output: Path | None) -> None:
    from capgen.dataset.files import whole_file

    if relation is None:
        raise RequestError("SQL: expected one statement that returns rows, got none")
    if output is None:
        _print(relation, form)
        return
    with whole_file(output) as unfinished:
        _write(relation, form, unfinished)


def _write(relation: Any, form: Format, path: Path) -> None:
    if form is Format.csv:
        relation.write_csv(str(path))
    elif form is Format.parquet:
        relation.write_parquet(str(path), compression="zstd")
    else:
        with path.open("w", encoding="utf-8") as file:
            _write_text(relation, form, file)


def _print(relation: Any, form: Format) -> None:
    if form is Format.table:
        _print_table(relation)
    else:
        _write_text(relation, form, sys.stdout)


def _write_text(relation: Any, form: Format, file: Any) -> None:
    """Write an answer batch by batch: it may be larger than memory."""
    import polars as pl

    if form is Format.table:
        raise RequestError("--format table: a file takes csv, json or parquet")
    started = False
    file.write("" if form is Format.csv else "[")
    for batch in relation.to_arrow_reader():
        frame = pl.DataFrame(batch)
        if form is Format.csv:
            file.write(frame.write_csv(include_header=not started))
        else:
            rows = frame.write_ndjson().rstrip("\n").replace("\n", ",\n ")
            file.write((",\n " if started and rows else "") + rows)
        started = True
    file.write("" if form is Format.csv else "]\n")


def _print_table(relation: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    rows = relation.limit(_MOST_ROWS_SHOWN + 1).fetchall()
    for name, kind in zip(relation.columns, map(str, relation.types), strict=True):
        is_number = kind in {"DOUBLE", "FLOAT", "HUGEINT"} or kind.endswith("INT") or kind.startswith("DECIMAL")
        table.add_column(name, justify="right" if is_number else "left")
    for row in rows[:_MOST_ROWS_SHOWN]:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(width=_WIDEST).print(table, soft_wrap=True)  # one line a row, however many columns
    if len(rows) > _MOST_ROWS_SHOWN:
        shown = counted(_MOST_ROWS_SHOWN, "row")
        typer.echo(f"\nThe first {shown}; --format csv, or --output FILE, gives all", err=True)
