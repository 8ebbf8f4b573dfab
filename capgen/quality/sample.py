"""Which servers the statistical rules look at: all of a small panel, some of each archetype of a large one.

What they can tell grows with the root of the rows: from some millions on, more cost time and tell nothing new. Looked
at are whole servers, so that every day and hour is there, in a few runs of neighbours by id: files are sorted by it,
and a reader skips the row groups between the runs. To be neighbours means nothing, as all that a server is given is
drawn from streams of its own; and several runs look at several parts of the fleet. Nothing is drawn: the same servers
are looked at each time.
"""

from __future__ import annotations

import polars as pl

MOST_ROWS = 8_000_000
_FEWEST_SERVERS = 5  # of each archetype, however many rows they have
_RUNS = 4


def servers_an_archetype(servers: int, archetypes: int, steps: int, most_rows: int | None) -> int:
    """Return how many servers of an archetype are looked at, at the most.

    Args:
        servers: of the panel.
        archetypes: that have servers.
        steps: rows of a server.
        most_rows: to look at; None for all.
    """
    if most_rows is None or servers * steps <= most_rows:
        return servers
    return max(most_rows // steps // archetypes, _FEWEST_SERVERS)


def evenly_spread(servers: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return so many servers at the most, in runs of neighbours that are evenly spread.

    Args:
        servers: one row a server, sorted by id.
        most: at least 1.
    """
    count = min(most, servers.height)
    runs = min(count, _RUNS)
    lengths = [(run + 1) * count // runs - run * count // runs for run in range(runs)]
    return pl.concat(servers[run * servers.height // runs :][:length] for run, length in enumerate(lengths))
