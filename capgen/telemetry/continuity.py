"""What the account says of servers' lives and of gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.telemetry.account import Tally
from capgen.telemetry.treatment import Treatment
from capgen.words import counted

_FLEET_WIDE = 0.9  # of the servers that live at a time
_TIME = "%Y-%m-%d %H:%M"


@dataclass
class Continuity:
    """The servers' lives, and the steps in which they have no value at all, added up by bucket."""

    lives: list[pl.DataFrame] = field(default_factory=list)
    absent: list[pl.DataFrame] = field(default_factory=list)

    def add(self, lives: pl.DataFrame, absent: pl.DataFrame) -> None:
        """Add those of a bucket.

        Args:
            lives: server_id, server_type, first_timestamp, last_timestamp, steps.
            absent: timestamp, servers.
        """
        self.lives.append(lives)
        self.absent.append(absent)

    @property
    def servers(self) -> pl.DataFrame:
        """All servers' lives."""
        return pl.concat(self.lives).sort("server_id")

    @property
    def rows(self) -> int:
        """Number of rows of all servers."""
        return int(self.servers["steps"].sum())

    def lines(self, treatment: Treatment, tally: Tally) -> Iterator[AccountLine]:
        """Yield what the account says.

        Args:
            treatment: how metrics were treated.
            tally: the counts by metric.
        """
        servers = self.servers
        first = servers["first_timestamp"].min()
        last = servers["last_timestamp"].max()
        late = servers.filter(pl.col("first_timestamp") > first)
        early = servers.filter(pl.col("last_timestamp") < last)
        yield from _edge("begins_late", late, "first_timestamp", "beginning", "later", "last")
        yield from _edge("ends_early", early, "last_timestamp", "ending", "earlier", "first")
        yield from _gaps(treatment, tally, self.rows)
        yield from self._fleet_wide()

    def _fleet_wide(self) -> Iterator[AccountLine]:
        absent = pl.concat(self.absent).group_by("timestamp").agg(pl.sum("servers"))
        absent = absent.sort("timestamp")
        if absent.is_empty():
            return
        alive = _alive(self.servers, absent["timestamp"])
        wide = absent.filter(absent["servers"].to_numpy() >= _FLEET_WIDE * alive)
        if len(wide) and len(self.servers) > 1:
            rows = int(wide["servers"].sum())
            total = int(absent["servers"].sum())
            start: datetime = wide["timestamp"][0]
            says = (
                f"without any value of at least {_FLEET_WIDE:.0%} of the servers, from "
                f"{start:{_TIME}} on: {rows:,} of the {counted(total, 'row')} without any value"
            )
            yield AccountLine.of_many("fleet_wide_gaps", len(wide), "step", says)


def _alive(servers: pl.DataFrame, times: pl.Series) -> Any:
    """Return how many servers live at each time."""
    moments = times.to_numpy()
    begun = np.searchsorted(np.sort(servers["first_timestamp"].to_numpy()), moments, "right")
    ended = np.searchsorted(np.sort(servers["last_timestamp"].to_numpy()), moments, "left")
    return begun - ended


def _edge(
    name: str, servers: pl.DataFrame, column: str, verb: str, when: str, which: str
) -> Iterator[AccountLine]:
    if servers.is_empty():
        return
    descending = column == "first_timestamp"
    extreme = servers.sort(column, "server_id", descending=[descending, False]).row(0, named=True)
    moment: datetime = extreme[column]
    which_one = f", the {which} of them" if len(servers) > 1 else ":"
    says = f"{verb} {when}{which_one} {extreme['server_id']!r} at {moment:{_TIME}}"
    yield AccountLine.of_many(name, len(servers), "server", says)


def _gaps(treatment: Treatment, tally: Tally, rows: int) -> Iterator[AccountLine]:
    for metric in treatment.metrics:
        name = metric.column.name
        known = tally.of(name)
        if known.get("gaps"):
            step = metric.step if treatment.keeps else treatment.period
            steps = max(rows * (treatment.step if treatment.keeps else step) // step, 1)
            missing = counted(known["missing"], "step")
            says = (
                f"of {missing} in all, {known['missing'] / steps:.2%}; the longest "
                f"{_length(known['longest'] * step)}, of server {known['worst']!r}; null"
            )
            yield AccountLine.of_many("gaps", known["gaps"], "gap", says, name)
        if known.get("servers_without"):
            count = known["servers_without"]
            yield AccountLine.of_many("never", count, "server", "without any value; null", name)


def _length(seconds: int) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds} s"


def servers_by_type(servers: pl.DataFrame) -> dict[str, int]:
    """Return the number of servers by type.

    Args:
        servers: the servers' lives.
    """
    counts: Sequence[tuple[str, int]] = (
        servers.group_by("server_type").len().sort("server_type").rows()
    )
    return dict(counts)
