"""Prints what `capgen saturation` finds: the first servers, and a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from capgen.words import counted

if TYPE_CHECKING:
    from datetime import date

    from rich.table import Table

    from capgen.scores.saturation.outlook import Saturation
    from capgen.scores.saturation.score_saturation import Foretold

_MOST_ROWS = 20


def print_saturation(found: Saturation, written: str | None) -> None:
    """Print the days of the servers that reach the limit, and what they come to.

    Args:
        found: the days of all servers.
        written: name of the file that has all of them, if there is one.
    """
    from capgen.cli.tables import print_table

    futures = f"; {counted(found.draws, 'future')}" if found.draws else ""
    typer.echo(
        f"{found.metric}, {found.rule} at {found.limit_text} or more, "
        f"{found.start} to {found.until}{futures}\n"
    )
    print_table(_table(found))
    more = found.crossing_servers.height - _MOST_ROWS
    if more > 0:
        typer.echo(f"… {counted(more, 'more server')}; {written or '--out'} has all")
    typer.echo("")
    if written:
        typer.echo(f"Wrote {written}")
    if found.crossing is not None:
        low, high = found.crossing
        typer.echo(
            f"expected: {counted(found.expected, 'server')}; "
            f"{low:,} to {high:,} in 90 % of the futures"
        )
    typer.echo(found.line)


def print_foretold(found: Foretold) -> None:
    """Print how many days early or late foretold days are.

    Args:
        found: the foretold days beside the true ones.
    """
    from capgen.cli.tables import print_table

    typer.echo(found.truth.line)
    for line in found.notes:
        typer.echo(f"  {line}")
    typer.echo("")
    print_table(_figures(found))


def _figures(found: Foretold) -> Table:
    from rich.table import Table

    counts = ("both", "early", "exact", "late", "missed", "false")
    table = Table(box=None, pad_edge=False)
    table.add_column("days", no_wrap=True)
    for heading in (*counts, "mean days late", "mean days off"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in found.figures.iter_rows(named=True):
        means = (row["mean_late"], row["mean_off"])
        table.add_row(
            row["name"],
            *(f"{row[count]:,}" for count in counts),
            *("" if mean is None else f"{mean:.1f}" for mean in means),
        )
    return table


def _table(found: Saturation) -> Table:
    from rich.table import Table

    of_futures = ("5 %", "50 %", "95 %", "futures that cross") if found.draws else ()
    table = Table(box=None, pad_edge=False)
    for heading in ("server", "type", "expected", "drawn", *of_futures):
        table.add_column(heading, no_wrap=True)
    for row in found.crossing_servers.head(_MOST_ROWS).iter_rows(named=True):
        cells = [row["server_id"], row["server_type"], _day(row["expected"]), _day(row["drawn"])]
        if found.draws:
            cells += [_day(row[name]) for name in ("early", "middle", "late")]
            cells.append(f"{100 * row['share']:.0f} %")
        table.add_row(*cells)
    return table


def _day(day: date | None) -> str:
    return "never" if day is None else f"{day}"
