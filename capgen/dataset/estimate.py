"""Estimates the size and time of a build by making a little of it in memory."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass

from capgen.config import Config
from capgen.dataset.plan import FilePlan, files_of
from capgen.dataset.sizes import Sizes
from capgen.dataset.writing import write_row_groups
from capgen.panel.chunks import cut, partitions
from capgen.panel.fleet import archetype_counts
from capgen.panel.frame import Panel, panel_of

_EXAMPLE_ROWS = 2**18  # fewer take less time, but their dictionaries weigh more a row


@dataclass(frozen=True, slots=True)
class PartitionEstimate:
    """What one partition will hold, and how long it will take.

    Args:
        year: calendar year.
        archetype: server type.
        servers: number of servers.
        timestamps: number of timestamps.
        rows: number of rows.
        files: number of files.
        bytes: estimated size of the files.
        processor_seconds: estimated time of one processor.
    """

    year: int
    archetype: str
    servers: int
    timestamps: int
    rows: int
    files: int
    bytes: int
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class _Cost:
    bytes_per_row: float
    seconds_per_row: float


def estimate_partitions(config: Config, sizes: Sizes) -> Iterator[PartitionEstimate]:
    """Yield an estimate for each partition, from some servers of each archetype's largest one.

    Args:
        config: the panel's configuration.
        sizes: the most rows of a file and of a row group.
    """
    panel = panel_of(config)
    every = list(partitions(panel.axis, archetype_counts(config)))
    files = {partition: list(files_of(panel.axis, partition, sizes)) for partition in every}
    examples: dict[str, FilePlan] = {}
    for partition in sorted(every, key=lambda partition: partition.rows):
        examples[partition.archetype] = files[partition][0]
    _cost(panel, next(iter(examples.values())), rows=1)  # loads libraries and the calendar
    costs = {archetype: _cost(panel, file, _EXAMPLE_ROWS) for archetype, file in examples.items()}
    for partition in every:
        cost = costs[partition.archetype]
        yield PartitionEstimate(
            year=partition.year,
            archetype=partition.archetype,
            servers=partition.servers,
            timestamps=partition.span.size,
            rows=partition.rows,
            files=len(files[partition]),
            bytes=round(cost.bytes_per_row * partition.rows),
            processor_seconds=cost.seconds_per_row * partition.rows,
        )


def _cost(panel: Panel, file: FilePlan, rows: int) -> _Cost:
    """Write about so many rows of a file's first row group, at least one server's."""
    some = next(cut(panel.axis, file.row_groups[0], rows))
    buffer = io.BytesIO()
    started = time.thread_time()
    write_row_groups(panel, [some], buffer)
    seconds = time.thread_time() - started
    return _Cost(buffer.tell() / some.rows, seconds / some.rows)
