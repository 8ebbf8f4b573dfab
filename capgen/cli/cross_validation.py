"""`capgen fit --test`: prints how good twins are on days that they were not fitted on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import typer

from capgen.cli.stopping import gone_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import duration, note
from capgen.system.paths import StrPath
from capgen.words import counted

if TYPE_CHECKING:
    from rich.table import Table

    from capgen.twins.compare.summary import Line
    from capgen.twins.cross_validation.cross_validate import CrossValidation
    from capgen.twins.fit.options import FitOptions

_SECONDS_BETWEEN_LINES = 5.0
_FEW_SERVERS = 30


def print_test(
    data: StrPath,
    options: FitOptions,
    days: tuple[date | None, date | None],
    *,
    as_json: bool,
) -> None:
    """Test a fit, and print the outcome.

    Args:
        data: the folder of telemetry.
        options: of the fits.
        days: the first and the last one; None for all there are.
        as_json: whether to print the outcome as JSON.
    """
    with gone_when_stopped():
        from capgen.twins.cross_validation.cross_validate import cross_validate  # it is slow

        found = cross_validate(
            data, first=days[0], last=days[1], on_progress=_progress(), **options
        )
    with outcome():
        if as_json:
            typer.echo(json.dumps(found.as_json(), indent=2, allow_nan=False))
        else:
            _print(found)


def _progress() -> Callable[[str], None]:
    """Return what prints a line on stderr every few seconds."""
    last_printed = time.monotonic()

    def on_progress(what: str) -> None:
        nonlocal last_printed
        if time.monotonic() - last_printed >= _SECONDS_BETWEEN_LINES:
            last_printed = time.monotonic()
            print(what, file=sys.stderr, flush=True)

    return on_progress


def _print(found: CrossValidation) -> None:
    from capgen.cli.tables import print_table

    compared = found.comparison
    for line in found.left_out:
        note(line)
    servers = counted(compared.servers[compared.reference], "server")
    metrics = counted(found.metrics, "metric")
    typer.echo(
        f"{compared.reference}: {servers}, {metrics}, {compared.granularity}. Each half of the "
        f"days ({compared.days}) is fitted, and what it gives is laid beside the other half.\n"
    )
    print_table(summary_table(found.lines, compared.directions))
    typer.echo("")
    for line in _words(found):
        typer.echo(line)


def summary_table(lines: Sequence[Line], directions: Sequence[str]) -> Table:
    """Return the figures of a test as a table, a candidate a column.

    Args:
        lines: of real data and of the candidates.
        directions: what they are, in words.
    """
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for line in lines:
        table.add_column(line.name, justify="right", no_wrap=True)
    table.add_row("[bold]ratio[/bold]", *(_figure(line.ratio) for line in lines))
    for number, name in enumerate(directions):
        of_direction = [dict(enumerate(line.by_direction)).get(number) for line in lines]
        table.add_row(f"  {name}", *map(_figure, of_direction))
    for group in lines[0].groups:
        table.add_row(f"  {group}", *(_figure(line.groups.get(group)) for line in lines))
    for measure in lines[0].told:
        table.add_row(measure, *(_figure(line.told.get(measure)) for line in lines))
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _words(found: CrossValidation) -> Iterator[str]:
    compared = found.comparison
    servers = compared.servers[compared.reference]
    yield (
        "ratio: mean distance over that between the real halves; 1 is as alike as they are to each "
        "other"
    )
    yield f"classifier: how well {compared.classifier} tells weeks apart; 0.5 is not at all"
    yield "copies: near copies are a share of weeks, exact runs of values, own path a correlation"
    for each in compared.outcomes:
        if not each.is_rival:
            yield from (f"  {each.name}: {worst.says}" for worst in each.worst)
        copied = ", ".join(f"{row.measure.name} {row.value:.2f}" for row in each.copies)
        if copied:
            yield f"{each.name} copies: {copied}"
    if compared.not_borne:
        yield f"not measured: {', '.join(f'{name} ({what})' for name, what in compared.not_borne)}"
    few = "; so few servers leave much to chance" if servers < _FEW_SERVERS else ""
    yield (
        f"These figures rest on {counted(servers, 'server')} and "
        f"{counted(compared.days, 'day')} a half{few}; {duration(found.seconds)}, "
        "nothing was written"
    )
