"""Cuts a panel into partitions, and partitions into chunks: the unit of work."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from capgen.timeline.time_axis import Span, TimeAxis

# Worked out at once: fewer rows cost time for each query; more leave the processor's cache and cost
# memory.
CHUNK_ROWS = 131072


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some servers of one archetype over some steps of one year.

    Args:
        archetype: the archetype's name.
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
        archetype: the archetype's name.
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

    @property
    def whole(self) -> Chunk:
        """All its rows."""
        return Chunk(self.archetype, 0, self.servers, self.span)


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


def cut(axis: TimeAxis, whole: Chunk, rows: int) -> Iterator[Chunk]:
    """Cut a chunk into smaller ones, in the order of its rows: by server, then by time.

    Args:
        axis: the time axis.
        whole: what to cut.
        rows: how many rows each should have at most. They are of about equal size. A server with
            more is cut by time, between blocks: a block is never drawn twice.
    """
    servers = whole.stop_server - whole.first_server
    pieces = math.ceil(servers / max(1, rows // whole.span.size))
    bounds = [whole.first_server + servers * piece // pieces for piece in range(pieces + 1)]
    spans = [whole.span] if whole.span.size <= rows else list(_whole_blocks(axis, whole.span, rows))
    for first, stop in itertools.pairwise(bounds):
        for span in spans:
            yield Chunk(whole.archetype, first, stop, span)


def _whole_blocks(axis: TimeAxis, span: Span, steps: int) -> Iterator[Span]:
    """Cut a span between blocks into runs of about so many steps."""
    first = span.first
    for block in axis.blocks(span):
        stop = min(block.span.stop, span.stop)
        following = axis.blocks(Span(stop, stop + 1))
        if stop == span.stop or next(following).span.stop - first > steps:
            yield Span(first, stop)
            first = stop
