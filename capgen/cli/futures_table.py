"""Prints what comes next for one server, as its futures have it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from capgen.cli.streams import outcome
from capgen.words import counted

if TYPE_CHECKING:
    import polars as pl

    from capgen.foresight.asked import Asked

_STEPS = (1, 6, 24, 168)  # that lie ahead


def print_outlook(asked: Asked, quantiles: Sequence[float], *, as_json: bool) -> None:
    """Print the forecasts of the first server, some steps ahead.

    Args:
        asked: what is asked for.
        quantiles: to show beside the mean and the median.
        as_json: print them as JSON, a row each.
    """
    rows = _rows(asked, quantiles)
    with outcome():
        if as_json:
            documents = rows.to_dicts()
            typer.echo(json.dumps(documents, default=str))
        else:
            _print_table(asked, rows)


def _rows(asked: Asked, quantiles: Sequence[float]) -> pl.DataFrame:
    import polars as pl

    from capgen.foresight.oracle import forecasts, shares_of
    from capgen.panel.fleet import server_ids

    first = next(name for name in server_ids(asked.config) if not _left_out(asked, name))
    stop = min(asked.stop, asked.moment + _STEPS[-1])
    of_first = replace(asked, servers=frozenset([first]), stop=stop)
    axis = asked.config.axis
    shown = [axis.timestamp(asked.moment + steps - 1) for steps in _STEPS]
    frames = list(forecasts(of_first, shares_of(quantiles)))
    rows = pl.concat(frames).filter(pl.col("timestamp").is_in(shown))
    return rows.sort("metric", "timestamp")


def _left_out(asked: Asked, name: str) -> bool:
    return asked.servers is not None and name not in asked.servers


def _print_table(asked: Asked, rows: pl.DataFrame) -> None:
    from rich.table import Table

    from capgen.cli.tables import print_table
    from capgen.foresight.oracle import is_closed

    table = Table(box=None, pad_edge=False)
    names = ["mean" if name == "oracle" else name.split("-")[-1] for name in rows.columns]
    for name in names[1:]:
        table.add_column(name, justify="left" if name in ("timestamp", "metric") else "right")
    for _, timestamp, metric, *numbers in rows.iter_rows():
        texts = ("" if number is None else f"{number:.2f}" for number in numbers)
        table.add_row(str(timestamp), metric, *texts)
    print_table(table)
    how = "in closed form" if is_closed(asked) else f"as {counted(asked.draws, 'future')} have it"
    typer.echo(
        f"\n{rows['server_id'][0]} {how}; "
        "--out FILE writes futures of all servers, --quantiles A,B --out FILE forecasts"
    )
