"""Says when servers reach a limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import polars as pl

from capgen.foresight.asked import ConfigOrFolder
from capgen.panel.fleet import server_ids
from capgen.scores.saturation.dates import drawn_days, first_days
from capgen.scores.saturation.outlook import LEVELS, Saturation
from capgen.scores.saturation.question import Question

_MOST_ROWS = 4_000_000  # of futures that are held at one time: some 500 MB
_SERVER = "server_id"


def saturation(
    source: ConfigOrFolder,
    metric: str,
    limit: float,
    *,
    rule: str | None = None,
    since: date | None = None,
    until: date | None = None,
    draws: int = 200,
    on_servers: Callable[[int, int], None] = lambda _done, _total: None,
) -> Saturation:
    """Say when each server reaches a limit: what to expect, what happens, and what could.

    Args:
        source: the folder of a dataset that was built, such as a fitted twin, or a configuration.
        metric: its key or column, such as `cpu`.
        limit: in the metric's unit; a value that is at least as high reaches it.
        rule: what is laid beside the limit: by default each value; or the mean, the maximum or a
            percentile of a window that ends there, such as `p95 of 7 days`.
        since: the first day that is not known. By default the one after the panel's last, where
            `until` lies beyond it; else the panel's first.
        until: the last day; by default the panel's. The panel goes on as far, by its model.
        draws: number of futures that the band is made of; 0 for none.
        on_servers: hears how many servers of how many are done.

    Returns:
        The days, with the frame `table` by server.

    Raises:
        RequestError: something is asked for that is not there.
    """
    question = Question.of(source, metric, limit, rule, since, until, draws)
    servers = sorted(server_ids(question.config))
    tables = []
    counts = []
    done = 0
    for batch in _batches(question, servers, draws):
        days = first_days(question, batch)
        if draws:
            drawn = drawn_days(question, batch)
            counts.append(drawn.group_by("draw").len())
            days = days.join(_bands(drawn, draws), on=_SERVER, how="left", maintain_order="left")
            days = days.with_columns(pl.col("share").fill_null(0.0))
        tables.append(days)
        done += len(batch)
        on_servers(done, len(servers))
    return Saturation(
        metric=question.key,
        unit=question.metric.unit,
        limit=limit,
        rule=question.rule.text,
        start=question.start.date(),
        until=question.stop.date(),
        draws=draws,
        table=pl.concat(tables).sort("drawn", _SERVER, nulls_last=True),
        crossing=_fleet_band(counts, draws),
    )


def _batches(question: Question, servers: Sequence[str], draws: int) -> Iterator[Sequence[str]]:
    steps = (question.stop - question.earliest) // question.step + 1
    size = max(1, _MOST_ROWS // (steps * (draws + 2)))
    for place in range(0, len(servers), size):
        yield servers[place : place + size]


def _bands(drawn: pl.DataFrame, draws: int) -> pl.DataFrame:
    """Return the quantiles of the first day over the futures; null is none within the time."""
    in_order = pl.col("day").sort()
    quantiles = {
        name: in_order.get(_place(level, draws), null_on_oob=True) for name, level in LEVELS.items()
    }
    return drawn.group_by(_SERVER).agg(**quantiles, share=pl.len() / draws)


def _place(level: float, draws: int) -> int:
    """Return the place of a quantile among so many days: the first that has the share below it."""
    return max(0, math.ceil(level * draws) - 1)


def _fleet_band(counts: list[pl.DataFrame], draws: int) -> tuple[int, int] | None:
    """Return between how many servers reach the limit, in 90 % of the futures."""
    if not draws:
        return None
    of_draws = pl.DataFrame({"draw": range(1, draws + 1)}, schema={"draw": pl.Int32})
    whole = pl.concat(counts).group_by("draw").agg(pl.col("len").sum())
    numbers = of_draws.join(whole, on="draw", how="left")["len"].fill_null(0).sort()
    low, high = (_place(level, draws) for level in (LEVELS["early"], LEVELS["late"]))
    return int(numbers[low]), int(numbers[high])
