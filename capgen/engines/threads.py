"""The local engine: writes files with threads on this machine."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from capgen.config import Config
from capgen.dataset.build import BuildResult, Engine, OnRows, build_dataset, write_file
from capgen.dataset.manifest import FileEntry
from capgen.dataset.plan import FilePlan
from capgen.dataset.repair import repair_dataset
from capgen.dataset.sizes import workers_within
from capgen.errors import RequestError
from capgen.panel.chunks import Chunk
from capgen.panel.frame import open_panel

_LARGE_BLOCK_LIMIT = -3  # M_MMAP_THRESHOLD
_LARGE_BLOCK_BYTES = 2**18


class _StoppedError(Exception):
    """Another file failed, or the user did not want to wait."""


def build(
    config: Config,
    out: str | os.PathLike[str] | None = None,
    *,
    workers: int | None = None,
    memory: int | None = None,
    file_bytes: int | None = None,
    overwrite: bool = False,
    on_rows: OnRows = lambda _rows: None,
) -> BuildResult:
    """Build a dataset; continue it where it was interrupted, extend it where only the end date is later.

    Args:
        config: a valid configuration.
        out: the dataset's folder; the configuration's `out` without one.
        workers: threads; one for each processor without it. The files do not depend on it.
        memory: bytes to stay within, by fewer workers, and by smaller row groups if it is too little for one.
        file_bytes: size of a file to aim at; 128 MB without it.
        overwrite: replace a dataset of another configuration. A folder capgen did not make is never replaced.
        on_rows: called with numbers of rows as they are written, from any thread.

    Returns:
        What was written.

    Raises:
        RequestError: the folder cannot be built into, or workers is below 1; nothing was written.
        CapgenError: another process writes it, or the dataset that is there is damaged.
        OSError: a file could not be written. What is whole is kept for the next build, and a dataset that was
            there stays as it was.
    """
    engine = thread_engine(workers, memory)
    return build_dataset(
        config, out, engine, memory=memory, file_bytes=file_bytes, overwrite=overwrite, on_rows=on_rows
    )


def repair(
    folder: str | os.PathLike[str], *, workers: int | None = None, on_rows: OnRows = lambda _rows: None
) -> list[str]:
    """Remake exactly the missing and altered files of a dataset from its manifest.

    Args:
        folder: the dataset's folder.
        workers: threads; one for each processor without it.
        on_rows: called with numbers of rows as they are written, from any thread.

    Returns:
        The paths of the files that were remade, relative to the folder.

    Raises:
        RequestError: the folder is no dataset.
        CapgenError: a remade file is not the one that the manifest names.
    """
    return repair_dataset(Path(folder), thread_engine(workers), on_rows=on_rows)


def thread_engine(workers: int | None, memory: int | None = None) -> Engine:
    """Return an engine of threads.

    Args:
        workers: how many; one for each processor without it.
        memory: bytes to stay within, by fewer workers.

    Raises:
        RequestError: fewer than 1.
    """
    if workers is not None and workers < 1:
        raise RequestError(f"--workers: expected at least 1, got {workers}")

    def write_files(
        config: Config, files: Sequence[FilePlan], place: Callable[[str], Path], on_rows: OnRows
    ) -> Iterator[FileEntry]:
        stop = threading.Event()
        # Year by year, so that workers share a calendar; the largest first, so that they end at about the same time.
        in_order = sorted(files, key=lambda file: (file.year, -file.rows))
        largest = max((row_group.rows for file in files for row_group in file.row_groups), default=1)
        count = worker_count(config, workers, memory, largest)

        def on_chunk(chunk: Chunk) -> None:
            if stop.is_set():
                raise _StoppedError
            on_rows(chunk.rows)

        with _freed_memory_returned(), open_panel(config) as panel, _pool(count, stop) as pool:
            written: list[Future[FileEntry]] = [
                pool.submit(write_file, panel, file, place(file.path), on_chunk) for file in in_order
            ]
            for each in as_completed(written):
                yield each.result()

    return write_files


def worker_count(config: Config, workers: int | None, memory: int | None, row_group_rows: int) -> int:
    """Return how many threads to use.

    Args:
        config: a valid configuration.
        workers: how many were asked for; one for each processor without it.
        memory: bytes to stay within, by fewer workers.
        row_group_rows: rows of the largest row group.
    """
    count = len(os.sched_getaffinity(0)) if workers is None else workers
    return count if memory is None else min(count, workers_within(config, memory, row_group_rows))


@contextmanager
def _freed_memory_returned() -> Iterator[None]:
    """Use the system's allocator for Arrow, and have it give large blocks back: others keep what was freed."""
    allocator = ctypes.CDLL(None)
    if hasattr(allocator, "mallopt"):  # of the GNU C library, which would raise this limit to 32 MB by itself
        allocator.mallopt(_LARGE_BLOCK_LIMIT, _LARGE_BLOCK_BYTES)
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@contextmanager
def _pool(workers: int, stop: threading.Event) -> Iterator[ThreadPoolExecutor]:
    """Open a pool whose threads end soon when the block raises."""
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield pool
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
