"""The local engine: writes files with threads on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from capgen.config import Config
from capgen.dataset.building.build import Engine, OnRows
from capgen.dataset.data_file import write_file
from capgen.dataset.plan import FilePlan
from capgen.dataset.sizes import workers_within
from capgen.dataset.writing import Buffers
from capgen.engines.allocator import freed_memory_returned
from capgen.errors import RequestError
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel, panel_of
from capgen.storage.entries import FileEntry
from capgen.system.processors import processors

_MANY_FILES = 4  # of a thread: the last ones hardly matter


class _StoppedError(Exception):
    """Another file failed, or the user stopped the build."""


class _OfThread(threading.local):
    """What each thread has of its own."""

    def __init__(self) -> None:
        self.buffers = Buffers()


def thread_engine(workers: int | None, memory: int | None) -> Engine:
    """Return an engine of threads.

    Args:
        workers: number of threads; by default one for each processor.
        memory: bytes to stay within, by fewer threads.
    """

    def write_files(
        config: Config, files: Sequence[FilePlan], place: Callable[[str], Path], on_rows: OnRows
    ) -> Iterator[FileEntry]:
        stop = threading.Event()
        row_groups = chain.from_iterable(file.row_groups for file in files)
        largest = max((row_group.rows for row_group in row_groups), default=1)
        count = worker_count(config, workers, memory, largest)

        def on_chunk(chunk: Chunk) -> None:
            if stop.is_set():
                raise _StoppedError
            on_rows(chunk.rows)

        own = _OfThread()

        def write(panel: Panel, file: FilePlan, path: Path) -> FileEntry:
            return write_file(panel, file, path, on_chunk, own.buffers)

        with freed_memory_returned(), _pool(count, stop) as pool:
            panel = panel_of(config)
            written: list[Future[FileEntry]] = [
                pool.submit(write, panel, file, place(file.path))
                for file in in_order(panel, files, count)
            ]
            for future in as_completed(written):
                yield future.result()

    return write_files


def in_order(panel: Panel, files: Sequence[FilePlan], threads: int) -> list[FilePlan]:
    """Return files in an order in which all threads end at about the same time.

    That is the largest first: of each year, so that threads share its dates, or of all years where
    each thread has few files, and no year has dates of its own.

    Args:
        panel: what the files are of.
        files: what to write.
        threads: how many write.
    """
    if panel.keeps_all_dates and len(files) < _MANY_FILES * threads:
        return sorted(files, key=lambda file: -file.rows)
    return sorted(files, key=lambda file: (file.year, -file.rows))


def check_workers(workers: int | None) -> None:
    """Check how many workers were asked for.

    Args:
        workers: the number asked for, or None where none was.

    Raises:
        RequestError: the number is below 1.
    """
    if workers is not None and workers < 1:
        raise RequestError(f"--workers: expected at least 1, got {workers}")


def worker_count(
    config: Config, workers: int | None, memory: int | None, row_group_rows: int
) -> int:
    """Return how many threads to use.

    Args:
        config: the panel's configuration.
        workers: the number asked for; by default one for each processor.
        memory: bytes to stay within, by fewer threads.
        row_group_rows: rows of the largest row group.
    """
    count = processors() if workers is None else workers
    return count if memory is None else min(count, workers_within(config, memory, row_group_rows))


@contextmanager
def _pool(workers: int, stop: threading.Event) -> Iterator[ThreadPoolExecutor]:
    """Open a pool whose threads end soon after the block raises."""
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield pool
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
