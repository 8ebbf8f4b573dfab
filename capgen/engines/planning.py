"""Estimates what a build would write, and the time it would take."""

from __future__ import annotations

from dataclasses import dataclass

from capgen.config import Config
from capgen.dataset.estimate import PartitionEstimate, estimate_partitions
from capgen.dataset.sizes import choose_sizes
from capgen.engines.threads import check_workers, worker_count
from capgen.panel.unseen import refuse_unseen


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build would write, and the time it would take.

    Args:
        rows: number of rows.
        files: number of data files.
        bytes: estimated size of the data files.
        workers: number of threads that would work.
        seconds: estimated wall time.
        partitions: the estimate for each year and archetype.
    """

    rows: int
    files: int
    bytes: int
    workers: int
    seconds: float
    partitions: tuple[PartitionEstimate, ...]

    def __repr__(self) -> str:
        """Show all but the partitions: there may be hundreds."""
        totals = f"rows={self.rows}, files={self.files}, bytes={self.bytes}"
        return f"Plan({totals}, workers={self.workers}, seconds={self.seconds:.1f})"


def plan(
    config: Config,
    *,
    workers: int | None = None,
    memory: int | None = None,
    file_size: int | None = None,
) -> Plan:
    """Estimate a build by making a little of each archetype in memory; nothing is written.

    Args:
        config: the panel's configuration.
        workers: number of threads; by default one for each processor.
        memory: bytes to stay within.
        file_size: bytes to aim at for each file; by default 128 MB.

    Returns:
        Totals, and the estimate for each partition.

    Raises:
        RequestError: workers is below 1, the memory is too little, or a listed event touches no
            row.
    """
    check_workers(workers)
    refuse_unseen(config)
    sizes = choose_sizes(config, memory, file_size, None)
    partitions = tuple(estimate_partitions(config, sizes))
    files = sum(partition.files for partition in partitions)
    count = min(worker_count(config, workers, memory, sizes.row_group_rows), files)
    return Plan(
        rows=sum(partition.rows for partition in partitions),
        files=files,
        bytes=sum(partition.bytes for partition in partitions),
        workers=count,
        seconds=sum(partition.processor_seconds for partition in partitions) / count,
        partitions=partitions,
    )
