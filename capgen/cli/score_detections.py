"""Prints what `capgen score --anomalies` finds: a table by kind, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from capgen.words import counted

if TYPE_CHECKING:
    from rich.table import Table

    from capgen.scores.anomalies.detections import Detections

_HEADS = ("steps", "found", "recall", "events", "found", "recall", "median delay", "mean delay")


def print_detections(found: Detections) -> None:
    """Print the scores of a detector as a table, with what they come to below it.

    Args:
        found: the scores.
    """
    from capgen.cli.tables import print_table

    typer.echo(
        f"{found.flags} beside {found.data}, {found.start} to {found.stop}; "
        f"{counted(found.servers, 'server')}, {counted(found.steps, 'step')} with values"
    )
    for line in found.notes:
        typer.echo(f"  {line}")
    typer.echo("")
    print_table(_table(found))
    typer.echo("")
    typer.echo(
        f"steps: precision {_share(found.precision)} of {found.flagged:,} flagged, "
        f"recall {_share(found.recall)}, F1 {_share(found.f1)}"
    )
    typer.echo(
        f"events: precision {_share(found.event_precision)} of {counted(found.alarms, 'alarm')}, "
        f"recall {_share(found.event_recall)}"
    )


def _table(found: Detections) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("kind", no_wrap=True)
    for heading in _HEADS:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in found.table.iter_rows(named=True):
        table.add_row(
            row["kind"],
            f"{row['steps']:,}",
            f"{row['steps_found']:,}",
            _share(row["recall"]),
            f"{row['events']:,}",
            f"{row['events_found']:,}",
            _share(row["event_recall"]),
            _hours(row["delay_median"]),
            _hours(row["delay_mean"]),
        )
    return table


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _hours(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} h"
