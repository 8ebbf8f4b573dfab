"""Says what a build would write and take."""

from __future__ import annotations

from dataclasses import dataclass

from capgen.config import Config
from capgen.dataset.estimate import PartitionEstimate, estimate_partitions
from capgen.dataset.sizes import choose_sizes
from capgen.engines.threads import check_workers, worker_count
from capgen.panel.unseen import refuse_unseen


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build would write, and take.

    Args:
        rows: number of rows.
        files: number of data files.
        bytes: estimated size of the data files.
        workers: how many threads would be at work.
        seconds: estimated wall time.
        partitions: the same of each year and archetype.
    """

    rows: int
    files: int
    bytes: int
    workers: int
    seconds: float
    partitions: tuple[PartitionEstimate, ...]

    def __repr__(self) -> str:
        """All but the partitions: of those there may be hundreds."""
        totals = f"rows={self.rows}, files={self.files}, bytes={self.bytes}"
        return f"Plan({totals}, workers={self.workers}, seconds={self.seconds:.1f})"


def plan(
    config: Config,
    *,
    workers: int | None = None,
    memory: int | None = None,
    file_size: int | None = None,
) -> Plan:
    """Say what a build would write and take, judged by making a little of each archetype in memory.

    Args:
        config: a valid configuration.
        workers: threads; one for each processor without it.
        memory: bytes to stay within.
        file_size: bytes of a file to aim at; 128 MB without it.

    Returns:
        Totals, and the same of each partition. Nothing is written.

    Raises:
        RequestError: workers is below 1, or the memory too little; or a listed event touches nothing.
    """
    check_workers(workers)
    refuse_unseen(config)
    sizes = choose_sizes(config, memory, file_size, None)
    partitions = tuple(estimate_partitions(config, sizes))
    files = sum(each.files for each in partitions)
    count = min(worker_count(config, workers, memory, sizes.row_group_rows), files)
    return Plan(
        rows=sum(each.rows for each in partitions),
        files=files,
        bytes=sum(each.bytes for each in partitions),
        workers=count,
        seconds=sum(each.processor_seconds for each in partitions) / count,
        partitions=partitions,
    )
