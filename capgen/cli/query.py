"""`capgen query`: asks a panel in SQL, written or not."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.options import given_options, takes_config
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.text import counted
from capgen.errors import RequestError
from capgen.storage.location import locate

if TYPE_CHECKING:
    from capgen.config import Resolved
    from capgen.storage.output import Output

_MOST_ROWS_SHOWN = 40
_WIDEST = 10_000  # characters


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
        str,
        typer.Argument(
            metavar="SQL", help="One statement over `panel`; - reads it from standard input."
        ),
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
        typer.Option(
            "--format",
            help="By the ending of --output without it, else a table.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to it, whole; - is standard output.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file that is there.")
    ] = False,
    unsafe: Annotated[
        bool,
        typer.Option(
            "--unsafe",
            help="Run any SQL: it may read and write files, change settings, load extensions.",
        ),
    ] = False,
) -> None:
    """Ask a panel in SQL. Without --data nothing is ever written: rows are made as the query needs them.

    The table is called panel; the calendar macros, such as eoq_factor(timestamp), are there too. SQL is one
    statement that reads the panel; other files, and whatever writes, need --unsafe.

    [bold]Examples[/bold]

    capgen query "select server_type, avg(cpu_p95) from panel group by all"

    capgen query "from panel where is_eoq = 1 and eoq_factor(timestamp) > 1.2 limit 10" --granularity hourly

    capgen query "select * from panel" --data data/ --output panel.csv
    """
    from capgen.dataset.reading.asking import ask
    from capgen.storage.output import output as place_of
    from capgen.storage.streams import STANDARD_OUTPUT

    given = given_options(context)
    if data and given:
        raise RequestError(
            f"--data: a dataset has its own configuration; leave out {', '.join(given)}"
        )
    chosen = _format(form, output)
    place = place_of(output or STANDARD_OUTPUT, overwrite=overwrite)
    text = sys.stdin.read() if query == "-" else query
    with gone_when_stopped(), ask(text, data or resolved.config, unsafe=unsafe) as relation:
        if not data:
            _say_which(resolved)
        if relation is not None:
            _answer(relation, chosen, place)


def _say_which(resolved: "Resolved") -> None:
    """Say which panel is asked where none is named."""
    config = resolved.config
    found = {source for _, source in resolved.merged.leaves.values()}
    sources = sorted(found, key=lambda source: (not source.startswith("preset"), source))
    typer.echo(
        f"note: asking a panel that is not written, of {', '.join(sources)}: {counted(config.num_servers, 'server')}, "
        f"{config.start_date} to {config.end_date}, {config.granularity}; --data DATA asks a dataset",
        err=True,
    )


def _format(form: Format | None, output: Path | None) -> Format:
    endings = {f".{each}": each for each in (Format.csv, Format.json, Format.parquet)}
    if output and form is None and output.suffix not in endings:
        raise RequestError(
            f"--output: expected a name that ends in {', '.join(endings)}, or --format; got {output}"
        )
    chosen = form or (endings[output.suffix] if output else Format.table)
    if chosen is Format.parquet and not output:
        raise RequestError("--format parquet: expected a file to write to; add --output FILE")
    if chosen is Format.table and output:
        raise RequestError("--format table: a file takes csv, json or parquet")
    return chosen


def _answer(relation: Any, form: Format, place: "Output") -> None:
    from capgen.dataset.export.answer import write_answer

    if form is Format.table:
        _print_table(relation)
    else:
        write_answer(relation, form, place)


def _print_table(relation: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    rows = relation.limit(_MOST_ROWS_SHOWN + 1).fetchall()
    for name, kind in zip(relation.columns, map(str, relation.types), strict=True):
        is_number = (
            kind in {"DOUBLE", "FLOAT", "HUGEINT"}
            or kind.endswith("INT")
            or kind.startswith("DECIMAL")
        )
        table.add_column(name, justify="right" if is_number else "left")
    for row in rows[:_MOST_ROWS_SHOWN]:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(width=_WIDEST).print(table, soft_wrap=True)  # one line a row, however many columns
    if len(rows) > _MOST_ROWS_SHOWN:
        shown = counted(_MOST_ROWS_SHOWN, "row")
        typer.echo(f"\nThe first {shown}; --format csv, or --output FILE, gives all", err=True)
