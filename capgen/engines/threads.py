"""The local engine: builds a dataset with threads on this machine."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from capgen.config import Config
from capgen.dataset.manifest import FileReceipt, write_manifest
from capgen.dataset.plan import FilePlan, plan_files
from capgen.dataset.publishing import check_target, staged
from capgen.dataset.writing import write_chunks
from capgen.errors import RequestError
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel, open_panel


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build wrote.

    Args:
        out: the dataset's folder.
        rows: number of rows.
        files: number of data files.
        bytes: size of the data files.
        seconds: wall time.
    """

    out: Path
    rows: int
    files: int
    bytes: int
    seconds: float


class _StoppedError(Exception):
    """Another file failed, or the user did not want to wait."""


def build(
    config: Config,
    out: str | os.PathLike[str] | None = None,
    *,
    workers: int | None = None,
    overwrite: bool = False,
    on_rows: Callable[[int], None] | None = None,
) -> BuildResult:
    """Build a dataset.

    Args:
        config: a valid configuration.
        out: the dataset's folder; the configuration's `out` without one.
        workers: threads; one for each processor without it. The files do not depend on it.
        overwrite: replace a dataset that is there already. A folder capgen did not make is never replaced.
        on_rows: called from the threads with the number of rows just written.

    Returns:
        What was written.

    Raises:
        RequestError: the folder cannot be built into, or workers is below 1; nothing was written.
        OSError: a file could not be written; what was begun is removed, and a dataset that was there stays.
    """
    started = time.monotonic()
    target = Path(config.out if out is None else out).absolute()
    count = len(os.sched_getaffinity(0)) if workers is None else workers
    if count < 1:
        raise RequestError(f"workers: expected at least 1, got {count}")
    check_target(target, overwrite=overwrite)
    with _freed_memory_returned(), staged(target) as folder, open_panel(config) as panel:
        receipts = list(_write_files(panel, folder, count, on_rows or (lambda _rows: None)))
        write_manifest(folder, config, receipts)
    return BuildResult(
        out=target,
        rows=sum(receipt.rows for receipt in receipts),
        files=len(receipts),
        bytes=sum(receipt.bytes for receipt in receipts),
        seconds=time.monotonic() - started,
    )


def _write_files(panel: Panel, folder: Path, workers: int, on_rows: Callable[[int], None]) -> Iterator[FileReceipt]:
    stop = threading.Event()

    def on_chunk(chunk: Chunk) -> None:
        if stop.is_set():
            raise _StoppedError
        on_rows(chunk.rows)

    def write(file: FilePlan) -> FileReceipt:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_chunks(panel, file.chunks, path, on_chunk)
        return FileReceipt(file.path, file.rows, path.stat().st_size)

    with ThreadPoolExecutor(workers) as pool, _stopping(pool, stop):
        futures: list[Future[FileReceipt]] = [pool.submit(write, file) for file in plan_files(panel.config)]
        for future in as_completed(futures):
            yield future.result()


@contextmanager
def _freed_memory_returned() -> Iterator[None]:
    """Use the system's allocator for Arrow: the default one keeps what it freed, a fifth of the peak."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@contextmanager
def _stopping(pool: ThreadPoolExecutor, stop: threading.Event) -> Iterator[None]:
    """Let the other threads end soon when the block raises."""
    try:
        yield
    except BaseException:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
