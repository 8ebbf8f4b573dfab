"""`capgen query`: runs a SQL query on a panel, whether it is built or not."""

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.options import looked_at, takes_config
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.text import note
from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.words import counted

if TYPE_CHECKING:
    from capgen.config import Resolved
    from capgen.storage.output import Output

_MOST_ROWS_SHOWN = 40
_WIDEST = 10_000  # characters
_NUMBER = re.compile(r"DOUBLE|FLOAT|\w*INT|DECIMAL.*")


class Format(StrEnum):
    """The format of an answer."""

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
            metavar="SQL", help="One statement on `panel`; - reads it from standard input."
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DATA",
            help="Query this dataset, not the panel that a build would write.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="By default the ending of --output says it; a table without --output.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the answer to this file, whole; - is standard output.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file.")
    ] = False,
    unsafe: Annotated[
        bool,
        typer.Option(
            "--unsafe",
            help="Run any SQL: it may read and write files, change settings, load extensions.",
        ),
    ] = False,
) -> None:
    """Run a SQL query on a panel. Without --data, rows are made on demand and never written.

    The table's name is panel; the query may use the calendar macros, such as
    eoq_factor(timestamp). SQL is one statement that reads the panel. To read
    other files, or to write, add --unsafe.

    [bold]Examples[/bold]

    capgen query "select server_type, avg(cpu_p95) from panel group by all"

    capgen query "from panel where eoq_factor(timestamp) > 1.2 limit 10" --granularity hourly

    capgen query "select * from panel" --data data/ --output panel.csv
    """
    from capgen.dataset.reading.asking import ask
    from capgen.storage.output import output as place_of
    from capgen.storage.streams import STANDARD_OUTPUT

    source = looked_at(data, "--data", resolved, context)
    chosen = _format(form, output)
    place = place_of(output or STANDARD_OUTPUT, overwrite=overwrite)
    text = sys.stdin.read() if query == "-" else query
    with gone_when_stopped(), ask(text, source, unsafe=unsafe) as relation:
        if not data:
            _say_which(resolved)
        if relation is not None:
            _answer(relation, chosen, place)


def _say_which(resolved: "Resolved") -> None:
    """Say which panel the query reads if the user names none."""
    config = resolved.config
    found = {source for _, source in resolved.merged.leaves.values()}
    sources = sorted(found, key=lambda source: (not source.startswith("preset"), source))
    window = f"{config.start_date} to {config.end_date}, {config.granularity}"
    note(
        f"querying a panel that is not built, from {', '.join(sources)}: "
        f"{counted(config.num_servers, 'server')}, {window}; --data DATA queries a dataset"
    )


def _format(form: Format | None, output: Path | None) -> Format:
    endings = {f".{known}": known for known in (Format.csv, Format.json, Format.parquet)}
    ending = output.suffix.lower() if output else ""
    if output and form is None and ending not in endings:
        raise RequestError(
            f"--output: expected a name that ends in {', '.join(endings)}, or --format; "
            f"got {output}"
        )
    chosen = form or (endings[ending] if output else Format.table)
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
        table.add_column(name, justify="right" if _NUMBER.fullmatch(kind) else "left")
    for row in rows[:_MOST_ROWS_SHOWN]:
        table.add_row(*("" if value is None else str(value) for value in row))
    # One line a row, however many columns; what stands in brackets or colons is no style.
    Console(width=_WIDEST, markup=False, emoji=False).print(table, soft_wrap=True)
    if len(rows) > _MOST_ROWS_SHOWN:
        shown = counted(_MOST_ROWS_SHOWN, "row")
        typer.echo(
            f"\nThese are the first {shown}; --format csv or --output FILE writes all", err=True
        )
