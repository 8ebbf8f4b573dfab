"""Cuts a panel into partitions, and partitions into chunks: the unit of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from capgen.panel.time_axis import Span, TimeAxis

# Small enough to stay in a processor's cache, large enough that the overhead of a query does not count.
CHUNK_ROWS = 2**16


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some servers of one archetype over some steps of one year.

    Args:
        archetype: its name.
        first_server: position of the first server among the archetype's servers, sorted by id.
        stop_server: one past the last server's position.
        span: the steps.
    """

    archetype: str
    first_server: int
    stop_server: int
    span: Span

    @property
    def rows(self) -> int:
        """Number of rows."""
        return (self.stop_server - self.first_server) * self.span.size


@dataclass(frozen=True, slots=True)
class Partition:
    """The rows of one year and one archetype.

    Args:
        year: calendar year.
        archetype: its name.
        servers: number of servers.
        span: those of the year's steps that lie on the time axis.
    """

    year: int
    archetype: str
    servers: int
    span: Span

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.servers * self.span.size


def partitions(axis: TimeAxis, counts: Mapping[str, int]) -> Iterator[Partition]:
    """Yield the partitions that have rows, year by year.

    Args:
        axis: the time axis.
        counts: servers by archetype.
    """
    for year, span in axis.years():
        for archetype, servers in counts.items():
            if servers:
                yield Partition(year, archetype, servers, span)


def chunks(partition: Partition, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Yield the chunks of a partition in the order of its rows: by server, then by time.

    Args:
        partition: what to cut.
        rows: the most rows a chunk may have. A server with more than that is cut by time.
    """
    servers_at_once = max(1, rows // partition.span.size)
    for first in range(0, partition.servers, servers_at_once):
        stop = min(first + servers_at_once, partition.servers)
        for start in range(partition.span.first, partition.span.stop, rows):
            span = Span(start, min(start + rows, partition.span.stop))
            yield Chunk(partition.archetype, first, stop, span)
