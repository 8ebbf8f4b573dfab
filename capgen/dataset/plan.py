"""Plans the files of a build before anything is written."""

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
        path: the file's path, relative to the dataset's folder.
        year: calendar year of the rows.
        archetype: server type of the rows.
        row_groups: the chunks of the file, in order.
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
        """The time of the file's rows."""
        return Span(self.row_groups[0].span.first, self.row_groups[-1].span.stop)


def plan_files(config: Config, sizes: Sizes) -> Iterator[FilePlan]:
    """Yield the data files of a build, in the order of their rows.

    Args:
        config: the panel's configuration.
        sizes: the most rows of a file and of a row group.
    """
    axis = config.axis
    for partition in partitions(axis, archetype_counts(config)):
        yield from files_of(axis, partition, sizes)


def files_of(axis: TimeAxis, partition: Partition, sizes: Sizes) -> Iterator[FilePlan]:
    """Yield the data files of one partition.

    Args:
        axis: the panel's time axis.
        partition: rows of one year and archetype.
        sizes: the most rows of a file and of a row group.
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
