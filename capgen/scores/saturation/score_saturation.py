"""Scores foretold days of saturation: how many days early or late they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import polars as pl

from capgen.errors import RequestError
from capgen.foresight.asked import ConfigOrFolder
from capgen.scores.files.moments import moments_of
from capgen.scores.files.opened import collected, open_table, role_of, schema_of
from capgen.scores.files.refusals import refuse_strangers
from capgen.scores.models import SERVER
from capgen.scores.saturation.options import SaturationOptions
from capgen.scores.saturation.outlook import Saturation
from capgen.scores.saturation.saturation import saturation
from capgen.storage.location import locate
from capgen.system.paths import StrPath
from capgen.words import counted, listed

DAY = "day"
FORETOLD = "foretold"
BEST = "best possible"
_SERVER = "server_id"


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """How good foretold days are.

    Args:
        truth: when servers reach the limit.
        table: a row for each server: server_id, drawn (the day on which it happens), foretold,
            best (the middle of the futures), and days_late of each; null where one is none.
        figures: a row for `foretold` and, where there are futures, `best possible`: both (servers
            that reach the limit as foretold), early, exact, late; mean_late and mean_off, in days;
            missed (servers that reach it, not foretold) and false (foretold, not so).
        notes: what was left out, or read in another way.
    """

    truth: Saturation
    table: pl.DataFrame
    figures: pl.DataFrame
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return every figure as JSON has it."""
        return {
            "truth": self.truth.line,
            "figures": self.figures.to_dicts(),
            "table": self.table.with_columns(pl.col(pl.Date).dt.to_string()).to_dicts(),
            "notes": list(self.notes),
        }


def score_saturation(
    dates: StrPath,
    source: ConfigOrFolder,
    metric: str,
    limit: float,
    *,
    on_servers: Callable[[int, int], None] = lambda _done, _total: None,
    **options: Unpack[SaturationOptions],
) -> Foretold:
    """Say how many days early or late foretold days of saturation are.

    Args:
        dates: a file of Parquet or CSV: server_id (or unique_id) and day; no day, or no row, says
            that the server does not reach the limit.
        source: as in `saturation`.
        metric: as in `saturation`.
        limit: as in `saturation`.
        on_servers: as in `saturation`.
        options: rule, since, until and draws, as `saturation` takes them.

    Raises:
        RequestError: something is asked for that is not there, or the file holds no such days.
        CapgenError: the file cannot be read.
    """
    days, notes = _read(locate(dates))
    truth = saturation(source, metric, limit, on_servers=on_servers, **options)
    known = truth.table.select(_SERVER)
    unknown = days.join(known, on=_SERVER, how="anti")[_SERVER].to_list()
    if len(unknown) == days.height:
        refuse_strangers(unknown, known.item(0, _SERVER))
    if unknown:
        number = counted(len(unknown), "server")
        notes.append(f"left out: {number} that the panel does not have: {listed(unknown)}")
    within = pl.when(pl.col(FORETOLD) <= truth.until).then(FORETOLD)
    told = truth.table.join(days, on=_SERVER, how="left", maintain_order="left")
    table = told.select(
        _SERVER,
        "drawn",
        within.alias(FORETOLD),
        (pl.col("middle") if truth.draws else pl.lit(None, pl.Date)).alias("best"),
    ).with_columns(
        _days_late(FORETOLD).alias("days_late"), _days_late("best").alias("days_late_best")
    )
    figures = [_figures(table, FORETOLD, FORETOLD, "days_late")]
    if truth.draws:
        figures.append(_figures(table, BEST, "best", "days_late_best"))
    return Foretold(truth=truth, table=table, figures=pl.concat(figures), notes=tuple(notes))


def _read(path: Path) -> tuple[pl.DataFrame, list[str]]:
    frame = open_table(path, [*SERVER, DAY])
    schema = schema_of(frame, path)
    server = role_of(schema, SERVER, path)
    day = role_of(schema, [DAY], path)
    moments = moments_of(frame, day, schema[day], path)
    rows = collected(
        frame.select(
            pl.col(server).cast(pl.String).alias(_SERVER),
            moments.expression.dt.date().alias(FORETOLD),
            is_said=pl.col(day).is_not_null(),
        ),
        path,
    )
    unread = rows.filter(pl.col("is_said"), pl.col(FORETOLD).is_null()).height
    if unread:
        raise RequestError(
            f"{path}: expected a day such as 2024-01-31, or none, in every row, got "
            f"{counted(unread, 'row')} with something else"
        )
    twice = rows.filter(pl.col(_SERVER).is_duplicated())[_SERVER].unique().sort().to_list()
    if twice:
        raise RequestError(f"{path}: expected each server once, got {listed(twice)} more often")
    notes = [] if moments.note is None else [moments.note]
    return rows.drop("is_said"), notes


def _days_late(column: str) -> pl.Expr:
    return (pl.col(column) - pl.col("drawn")).dt.total_days()


def _figures(table: pl.DataFrame, name: str, column: str, days: str) -> pl.DataFrame:
    late = pl.col(days)
    said = pl.col(column)
    happened = pl.col("drawn")
    return table.select(
        pl.lit(name).alias("name"),
        late.count().alias("both"),
        (late < 0).sum().alias("early"),
        (late == 0).sum().alias("exact"),
        (late > 0).sum().alias("late"),
        late.mean().alias("mean_late"),
        late.abs().mean().alias("mean_off"),
        (happened.is_not_null() & said.is_null()).sum().alias("missed"),
        (happened.is_null() & said.is_not_null()).sum().alias("false"),
    )
