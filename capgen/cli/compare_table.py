"""Prints the outcome of `capgen compare`: a table by group, and a few lines for each candidate."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import typer

from capgen.words import counted

if TYPE_CHECKING:
    from rich.table import Table

    from capgen.twins.compare.comparison import Comparison
    from capgen.twins.compare.outcome import Outcome
    from capgen.twins.compare.scores import Row

_HIGH = 2.0  # ratios from here on stand out


def print_comparison(found: Comparison, limit: float | None) -> None:
    """Print a comparison as a table, with what it comes to below it.

    Args:
        found: the outcome.
        limit: the highest ratio, if any.
    """
    from capgen.cli.tables import print_table

    typer.echo(_head(found))
    print_table(_table(found))
    for line in _notes(found):
        typer.echo(line)
    for outcome in found.outcomes:
        typer.echo("")
        for line in _lines(found, outcome, limit):
            typer.echo(line)


def _head(found: Comparison) -> str:
    servers = ", ".join(f"{count:,} in {name}" for name, count in found.servers.items())
    floor = found.holdout or "its own other half"
    return (
        f"{found.reference}, floor from {floor}; {counted(found.days, 'day')} a side, "
        f"{found.granularity}; servers: {servers}\n"
    )


def _table(found: Comparison) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("measure", no_wrap=True)
    for heading in ("floor", "others"):
        table.add_column(heading, justify="right", no_wrap=True)
    for outcome in found.outcomes:
        table.add_column(outcome.name, justify="right", no_wrap=True)
        table.add_column("ratio", justify="right", no_wrap=True)
    of_candidate = [{row.measure.name: row for row in each.rows} for each in found.outcomes]
    for group, rows in groupby(found.outcomes[0].rows, lambda row: row.measure.group):
        table.add_row(f"[bold]{group}[/bold]")
        for row in rows:
            others = [each.get(row.measure.name) for each in of_candidate]
            table.add_row(*_cells(row, others))
    return table


def _cells(row: Row, of_candidates: list[Row | None]) -> list[str]:
    cells = [f"  {row.measure.name}", _figure(row.floor), _figure(row.other_servers)]
    for each in of_candidates:
        cells += ["", ""] if each is None else [_figure(each.value), _ratio(each.ratio)]
    return cells


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _ratio(value: float) -> str:
    return f"[bold]{value:.2f}[/bold]" if value >= _HIGH else f"{value:.2f}"


def _notes(found: Comparison) -> list[str]:
    notes = [f"\nweeks told apart by {found.classifier}"]
    if found.not_borne:
        lacks = (f"{name} (needs {what})" for name, what in found.not_borne)
        notes.append(f"not measured: {', '.join(lacks)}")
    return [*notes, *found.notes]


def _lines(found: Comparison, outcome: Outcome, limit: float | None) -> list[str]:
    directions = ", ".join(
        f"{ratio:.2f} {name}"
        for ratio, name in zip(outcome.by_direction, found.directions, strict=True)
    )
    verdict = ""
    if limit is not None and not outcome.is_rival:
        verdict = f"; {'within' if outcome.is_within(limit) else 'NOT within'} {limit:g}"
    lines = [
        f"{outcome.name}: {outcome.ratio:.2f} × the floor ({directions}; "
        f"other real servers {found.other_servers:.2f}){verdict}"
    ]
    lines += [f"  {worst.says}" for worst in outcome.worst]
    lines += [
        f"  copies: {row.measure.name} {row.value:.2f}, {row.floor:.2f} in other real data"
        for row in outcome.copies
    ]
    return lines
