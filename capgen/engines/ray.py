"""The Ray engine: each file is a task of a Ray cluster, which schedules, queues and retries it."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from itertools import islice
from pathlib import Path
from typing import Any

from capgen.config import Config
from capgen.config.portable import portable_text
from capgen.dataset.building.build import Engine, OnRows
from capgen.dataset.plan import FilePlan
from capgen.engines.remote import write_remotely
from capgen.errors import CapgenError, RequestError
from capgen.storage.entries import FileEntry
from capgen.storage.files import file_of
from capgen.system.processors import processors
from capgen.version import __version__

CLIENT_ADDRESS = "ray://"

# Tasks that Ray holds at one time: they keep a cluster busy, and the driver's memory flat.
_MOST_UNDER_WAY = 1000
_QUIET = {"log_to_driver": False, "logging_level": "error"}
# Hardly more than Ray's minimum: no result is large enough for the object store.
_OBJECT_STORE_BYTES = 80 * 2**20
_ALONE = {
    "include_dashboard": False,
    "object_store_memory": _OBJECT_STORE_BYTES,
    "_node_ip_address": "127.0.0.1",
}
_ONE_THREAD = {"env_vars": {"POLARS_MAX_THREADS": "1"}}  # Ray runs a task on each processor


def ray_engine(name: str, workers: int | None, memory: int | None) -> Engine:
    """Return an engine of Ray tasks.

    Args:
        name: `ray` for the cluster that RAY_ADDRESS names, or, without that, for a cluster on this
            machine that ends with the build; `ray://HOST:PORT` for another cluster.
        workers: the most tasks to run at one time; by default one for each of the cluster's
            processors.
        memory: bytes that Ray reserves for each task.

    Raises:
        RequestError: Ray is not installed.
    """
    address = name if name.startswith(CLIENT_ADDRESS) else os.environ.get("RAY_ADDRESS")
    ray = _library(address)

    def write_files(
        config: Config, files: Sequence[FilePlan], place: Callable[[str], Path], on_rows: OnRows
    ) -> Iterator[FileEntry]:
        text = portable_text(config)
        with _plain_errors(ray), _connected(ray, address, workers):
            task = ray.remote(write_remotely).options(
                num_cpus=1, memory=memory, runtime_env=_ONE_THREAD
            )
            # As with threads: year by year, so that workers reuse a calendar; the largest first.
            in_order = sorted(files, key=lambda file: (file.year, -file.rows))
            tasks = (
                task.remote(__version__, text, file, str(place(file.path))) for file in in_order
            )
            for entry in finished(ray, tasks, workers or _MOST_UNDER_WAY):
                _check_seen(place(entry.path))
                on_rows(entry.rows)
                yield entry

    return write_files


def finished(ray: Any, tasks: Iterator[Any], most: int) -> Iterator[Any]:
    """Yield the results of tasks as they come, without keeping them.

    Tasks that run when the build is stopped end with Ray's connection. They are not cancelled:
    that sometimes ends the whole process, when a task is just complete (Ray 2.60).

    Args:
        ray: the library.
        tasks: an iterator that starts a task at each step.
        most: how many tasks may run or wait at one time.
    """
    under_way = list(islice(tasks, most))
    while under_way:
        ready, under_way = ray.wait(under_way)
        under_way += islice(tasks, len(ready))
        yield from ray.get(ready)


def _library(address: str | None) -> Any:
    # Ray reads these variables when it is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address:  # look for the cluster for 40 seconds, not for 14 minutes
        os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "1")
    else:  # do not listen to the whole network
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise RequestError(
            '--engine: expected the library ray; type: pip install "capgen[ray]"'
        ) from None


@contextmanager
def _connected(ray: Any, address: str | None, workers: int | None) -> Iterator[None]:
    """Join a cluster, or start one; an existing connection is used, and left as it is."""
    if ray.is_initialized():
        yield
        return
    handler = signal.getsignal(signal.SIGTERM)
    with ExitStack() as stack:
        # Ray warns of lost nodes on standard output, which is for results.
        stack.enter_context(redirect_stdout(sys.stderr))
        stack.callback(ray.shutdown)
        if address:
            _join(ray, address)
        else:
            ray.init("local", num_cpus=workers or processors(), **_ALONE, **_QUIET)
        # Ray's own handler would end the process without a word.
        if signal.getsignal(signal.SIGTERM) is not handler:
            signal.signal(signal.SIGTERM, handler)
        yield


def _join(ray: Any, address: str) -> None:
    try:
        ray.init(address, **_QUIET)
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise CapgenError(
            f"--engine: expected a Ray cluster at {address!r}, could not join one: {reason}"
        ) from None


@contextmanager
def _plain_errors(ray: Any) -> Iterator[None]:
    """Raise what a task raised; report any other failure of Ray in one line."""
    try:
        yield
    except ray.exceptions.RayTaskError as failed:
        raise failed.cause from None
    except ray.exceptions.RayError as lost:
        reason = str(lost).strip().splitlines()[0]
        raise CapgenError(
            f"ray: {reason}; complete files are kept; run the same command again to go on"
        ) from None


def _check_seen(path: Path) -> None:
    if not file_of(path).is_seen():
        raise CapgenError(
            f"{path}: a node has written it, but this machine does not see it; "
            "with --out, name a place that all nodes share: a shared file system or a store"
        )
