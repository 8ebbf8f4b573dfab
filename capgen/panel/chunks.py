"""Cuts a panel into partitions, and partitions into chunks: the unit of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from capgen.panel.time_axis import Span, TimeAxis

# Five servers hourly for a year: more rows a chunk cost memory for each worker, fewer cost time for each query.
CHUNK_ROWS = 3 * 2**14


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


def chunks(axis: TimeAxis, partition: Partition, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Yield the chunks of a partition in the order of its rows: by server, then by time.

    Args:
        axis: the time axis.
        partition: what to cut.
        rows: how many rows a chunk should have at the most. A server with more is cut by time, between
            blocks: a block is never drawn twice.
    """
    servers_at_once = max(1, rows // partition.span.size)
    spans = [partition.span] if partition.span.size <= rows else list(_whole_blocks(axis, partition.span, rows))
    for first in range(0, partition.servers, servers_at_once):
        stop = min(first + servers_at_once, partition.servers)
        for span in spans:
            yield Chunk(partition.archetype, first, stop, span)


def _whole_blocks(axis: TimeAxis, span: Span, steps: int) -> Iterator[Span]:
    """Cut a span between blocks into runs of about so many steps."""
    first = span.first
    for block in axis.blocks(span):
        stop = min(block.span.stop, span.stop)
        following = axis.blocks(Span(stop, stop + 1))
        if stop == span.stop or next(following).span.stop - first > steps:
            yield Span(first, stop)
            first = stop
