"""What a build will write, worked out before anything is written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from capgen.config import Config
from capgen.dataset import layout
from capgen.dataset.writing import write_chunks
from capgen.panel.chunks import Chunk, Partition, chunks, partitions
from capgen.panel.fleet import archetype_counts
from capgen.panel.frame import Panel, open_panel
from capgen.panel.time_axis import Span, TimeAxis

# Some 150 MB: few enough files for a billion rows, small enough to spread over workers.
FILE_ROWS = 2**24


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One data file to write.

    Args:
        path: relative to the dataset's folder.
        year: calendar year of its rows.
        archetype: server type of its rows.
        chunks: what it holds, in order.
    """

    path: str
    year: int
    archetype: str
    chunks: tuple[Chunk, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(chunk.rows for chunk in self.chunks)

    @property
    def span(self) -> Span:
        """From the first to the last of its steps."""
        return Span(self.chunks[0].span.first, self.chunks[-1].span.stop)


@dataclass(frozen=True, slots=True)
class PartitionEstimate:
    """What one partition will hold.

    Args:
        year: calendar year.
        archetype: server type.
        servers: number of servers.
        timestamps: number of timestamps.
        rows: number of rows.
        files: number of files.
        bytes: estimated size of the files.
    """

    year: int
    archetype: str
    servers: int
    timestamps: int
    rows: int
    files: int
    bytes: int


def plan_files(config: Config) -> Iterator[FilePlan]:
    """Yield the data files of a build, in the order of their rows.

    Args:
        config: a valid configuration.
    """
    axis = TimeAxis.of(config)
    for partition in partitions(axis, archetype_counts(config)):
        yield from _files_of(axis, partition)


def estimate_partitions(config: Config) -> Iterator[PartitionEstimate]:
    """Yield what each partition will hold; its bytes come from encoding one of the archetype's chunks in memory.

    Args:
        config: a valid configuration.
    """
    with open_panel(config) as panel:
        every = list(partitions(panel.axis, archetype_counts(config)))
        largest = {each.archetype: each for each in sorted(every, key=lambda each: each.rows)}
        bytes_per_row = {name: _bytes_per_row(panel, partition) for name, partition in largest.items()}
        for partition in every:
            yield PartitionEstimate(
                year=partition.year,
                archetype=partition.archetype,
                servers=partition.servers,
                timestamps=partition.span.size,
                rows=partition.rows,
                files=sum(1 for _ in _files_of(panel.axis, partition)),
                bytes=round(bytes_per_row[partition.archetype] * partition.rows),
            )


def _bytes_per_row(panel: Panel, partition: Partition) -> float:
    sample, buffer = next(chunks(panel.axis, partition)), io.BytesIO()
    write_chunks(panel, [sample], buffer)
    return buffer.tell() / sample.rows


def _files_of(axis: TimeAxis, partition: Partition) -> Iterator[FilePlan]:
    held: list[Chunk] = []
    part = rows = 0
    for chunk in chunks(axis, partition):
        if held and rows + chunk.rows > FILE_ROWS:
            yield _file(partition, part, held)
            held, rows, part = [], 0, part + 1
        held.append(chunk)
        rows += chunk.rows
    yield _file(partition, part, held)


def _file(partition: Partition, part: int, held: list[Chunk]) -> FilePlan:
    path = layout.part_path(partition.year, partition.archetype, part)
    return FilePlan(path, partition.year, partition.archetype, tuple(held))
