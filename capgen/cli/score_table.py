"""Prints what `capgen score` finds: a table by metric, and a line for each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from capgen.words import counted

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from capgen.scores.scorecard import Headline, Scorecard

_ALL = "all"
_BROKEN_DOWN = "MASE"
_Row = Mapping[str, Any]


def print_scores(found: Scorecard, limit: float | None) -> None:
    """Print scores as a table, with what they come to below it.

    Args:
        found: the scores.
        limit: the highest ratio, if any.
    """
    from capgen.cli.tables import print_table

    typer.echo(_head(found))
    for line in found.notes:
        typer.echo(f"  {line}")
    typer.echo("")
    print_table(_table(found))
    typer.echo("")
    for headline in found.headlines:
        typer.echo(_line(headline, limit))


def _head(found: Scorecard) -> str:
    cells = ", ".join(f"{count:,} of {metric}" for metric, count in found.cells.items())
    return (
        f"{found.forecasts} beside {found.data}, {found.start} to {found.stop}, {found.step}; "
        f"{counted(found.servers, 'server')}; cells: {cells}; "
        f"seasonal naive repeats the last {found.season}"
    )


def _table(found: Scorecard) -> Table:
    from rich.markup import escape
    from rich.table import Table

    is_known = bool(found.table["best"].count())
    others = ["naive", "best"] if is_known else ["naive"]
    table = Table(box=None, pad_edge=False)
    table.add_column("score", no_wrap=True)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    for model in found.models:
        for heading in (escape(model), *(f"× {other}" for other in others)):
            table.add_column(heading, justify="right", no_wrap=True)
    for title, column, rows in _blocks(found):
        table.add_row(f"[bold]{title}[/bold]")
        for name in rows[column].unique(maintain_order=True):
            of_models = {row["model"]: row for row in rows.filter(**{column: name}).to_dicts()}
            figures = [of_models.get(model) for model in found.models]
            table.add_row(f"  {name}", *_cells(figures, others))
    return table


def _blocks(found: Scorecard) -> list[tuple[str, str, pl.DataFrame]]:
    """Return the table's parts: a title, the column that its lines are named by, and its rows."""
    overall = found.table.filter(archetype=_ALL, horizon=_ALL)
    by_metric = [(metric, "score", overall.filter(metric=metric)) for metric in found.cells]
    scaled = found.table.filter(metric=_ALL, score=_BROKEN_DOWN)
    by_horizon = scaled.filter(archetype=_ALL).remove(horizon=_ALL)
    by_archetype = scaled.filter(horizon=_ALL).remove(archetype=_ALL)
    parts = [
        *by_metric,
        (f"{_BROKEN_DOWN} by horizon", "horizon", by_horizon),
        (f"{_BROKEN_DOWN} by archetype", "archetype", by_archetype),
    ]
    return [part for part in parts if not part[2].is_empty()]


def _cells(figures: Sequence[_Row | None], others: list[str]) -> list[str]:
    cells = [_shared(figures, other) for other in others]
    for row in figures:
        if row is None:
            cells += [""] * (1 + len(others))
        else:
            cells += [_figure(row["value"]), *(_ratio(row[f"times_{name}"]) for name in others)]
    return cells


def _shared(figures: Sequence[_Row | None], other: str) -> str:
    """Return what another forecast gets, where that is the same beside all models."""
    values = {row[other] for row in figures if row is not None}
    return _figure(values.pop()) if len(values) == 1 else ""


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _line(headline: Headline, limit: float | None) -> str:
    parts = []
    if headline.times_best is not None:
        parts.append(f"{headline.times_best:.2f} × the best possible")
    if headline.times_naive is not None:
        parts.append(f"{headline.times_naive:.2f} × seasonal naive")
    verdict = ""
    if limit is not None:
        is_within = headline.ratio is not None and headline.ratio <= limit
        verdict = f"; {'within' if is_within else 'NOT within'} {limit:g}"
    said = ", ".join(parts) or "no ratio"
    return f"{headline.model}: {said} ({headline.score} {headline.value:.3f}){verdict}"
