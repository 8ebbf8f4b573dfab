"""Which servers the statistical rules look at: all of a small panel, some of a large one.

What they can tell grows with the root of the rows: from some millions on, more cost time and tell
nothing new. The rules look at whole servers, so that every day and hour is there, in a few runs of
neighbours by id: files are sorted by it, and a reader skips the row groups between the runs. Being
neighbours means nothing, as each server's values are drawn from streams of its own; and several
runs look at several parts of the fleet. The choice is not random: it is the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from capgen.config import Config
from capgen.panel.fleet import server_frames
from capgen.words import counted

MOST_ROWS = 8_000_000
_FEWEST_SERVERS = 5  # of each archetype, however many rows they have
_RUNS = 4
_CELLS_AT_ONCE = 600_000  # of an archetype, beside a twin: some 400 MB while they are looked at


@dataclass(frozen=True, slots=True)
class Sample:
    """How much of a panel the statistical rules looked at.

    Args:
        servers: how many servers were looked at.
        of_servers: how many servers the panel has, as configured.
        rows: how many rows those servers have.
        of_rows: how many rows the files have.
    """

    servers: int
    of_servers: int
    rows: int
    of_rows: int

    @property
    def sentence(self) -> str:
        """The same in words."""
        servers = some_of(self.servers, self.of_servers, "server")
        rows = some_of(self.rows, self.of_rows, "row")
        return f"The statistical rules looked at {servers} and {rows}."


def some_of(looked_at: int, every: int, noun: str) -> str:
    """Say how many were looked at.

    Args:
        looked_at: how many.
        every: how many there are.
        noun: the word for one of them.
    """
    start = f"{looked_at:,} of " if looked_at < every else "all " * (every > 1)
    return f"{start}{counted(every, noun)}"


def servers_an_archetype(servers: int, archetypes: int, steps: int, most_rows: int | None) -> int:
    """Return how many servers of an archetype are looked at, at most.

    Args:
        servers: how many servers the panel has.
        archetypes: how many archetypes have servers.
        steps: how many rows a server has.
        most_rows: how many rows to look at, at most; None for all.
    """
    if most_rows is None or servers * steps <= most_rows:
        return servers
    return max(most_rows // steps // archetypes, _FEWEST_SERVERS)


def evenly_spread(servers: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return at most so many servers, in runs of neighbours that are evenly spread.

    Args:
        servers: one row a server, sorted by id.
        most: how many, at least 1.
    """
    count = min(most, servers.height)
    runs = min(count, _RUNS)
    lengths = [(run + 1) * count // runs - run * count // runs for run in range(runs)]
    return pl.concat(
        servers[run * servers.height // runs :][:length] for run, length in enumerate(lengths)
    )


def servers_beside_twins(config: Config, most_rows: int | None) -> dict[str, pl.DataFrame]:
    """Return the server frames of those servers that are looked at beside a twin, by archetype.

    Args:
        config: the panel's configuration.
        most_rows: how many rows all archetypes have together, at most; None where memory alone sets
            the limit.
    """
    steps = config.axis.span.size
    by_type = server_frames(config)
    rows = min(_CELLS_AT_ONCE, (most_rows or _CELLS_AT_ONCE * len(by_type)) // len(by_type))
    most = max(rows // steps, 1)
    return {name: evenly_spread(servers, most) for name, servers in by_type.items()}
