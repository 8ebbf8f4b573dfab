"""What a build will write, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from capgen.config import Config
from capgen.dataset.sizes import Sizes
from capgen.panel.chunks import Chunk, Partition, cut, partitions
from capgen.panel.fleet import archetype_counts
from capgen.storage import layout
from capgen.timeline.time_axis import Span, TimeAxis


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One data file to write.

    Args:
        path: relative to the dataset's folder.
        year: calendar year of its rows.
        archetype: server type of its rows.
        row_groups: what it holds, in order.
    """

    path: str
    year: int
    archetype: str
    row_groups: tuple[Chunk, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(chunk.rows for chunk in self.row_groups)

    @property
    def span(self) -> Span:
        """From the first to the last of its steps."""
        return Span(self.row_groups[0].span.first, self.row_groups[-1].span.stop)


def plan_files(config: Config, sizes: Sizes) -> Iterator[FilePlan]:
    """Yield the data files of a build, in the order of their rows.

    Args:
        config: a valid configuration.
        sizes: of files and row groups.
    """
    axis = config.axis
    for partition in partitions(axis, archetype_counts(config)):
        yield from files_of(axis, partition, sizes)


def files_of(axis: TimeAxis, partition: Partition, sizes: Sizes) -> Iterator[FilePlan]:
    """Yield the data files of one partition.

    Args:
        axis: the time axis.
        partition: rows of one year and archetype.
        sizes: of files and row groups.
    """
    held: list[Chunk] = []
    part = 0
    rows = 0
    for row_group in cut(axis, partition.whole, sizes.row_group_rows):
        if held and rows + row_group.rows > sizes.file_rows:
            yield _file(partition, part, held)
            held = []
            rows = 0
            part += 1
        held.append(row_group)
        rows += row_group.rows
    yield _file(partition, part, held)


def _file(partition: Partition, part: int, held: list[Chunk]) -> FilePlan:
    path = layout.part_path(partition.year, partition.archetype, part)
    return FilePlan(path, partition.year, partition.archetype, tuple(held))
