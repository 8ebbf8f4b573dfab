"""What differs between operating systems and between file systems: nobody else asks for it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import math
import os
import shutil
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

# Sent by Ctrl-C, by who ends a process, and by a terminal that closes. Windows has no SIGHUP.
_STOP_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
STOP_SIGNALS = [getattr(signal, name) for name in _STOP_NAMES if hasattr(signal, name)]

_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_OWN_CONTROL_GROUPS = Path("/proc/self/cgroup")
_CURRENT_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE
_LARGE_BLOCK_LIMIT = -3  # M_MMAP_THRESHOLD
# How a file system says that it has no such step.
_NOT_SUPPORTED = {
    errno.EINVAL,
    errno.ENOLCK,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
}
_NO_LINKS = {*_NOT_SUPPORTED, errno.EMLINK, errno.EPERM, errno.EXDEV}


def processors() -> int:
    """Return how many processors this process may use: those it is bound to, within its quota."""
    if hasattr(os, "process_cpu_count"):
        count = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count()
    return max(1, min([count or 1, *map(math.ceil, _quotas())]))


def _quotas() -> Iterator[float]:
    """Yield how many processors each control group of this process allows that allows some only."""
    for line in _lines(_OWN_CONTROL_GROUPS):
        _, controllers, path = line.split(":", 2)
        # A container may see its own group as the root, whatever path it is told.
        groups = [Path(path.lstrip("/")), *Path(path.lstrip("/")).parents]
        if not controllers:
            quotas = [_lines(_CONTROL_GROUPS / group / "cpu.max") for group in groups]
            yield from _shares(line.split() for lines in quotas for line in lines)
        elif "cpu" in controllers.split(","):
            root = _CONTROL_GROUPS / controllers
            names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            quotas = [[*_lines(root / group / names[0]), *_lines(root / group / names[1])] for group in groups]
            yield from _shares(quotas)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _shares(quotas: Iterable[list[str]]) -> Iterator[float]:
    """Yield the quotas, each of two words, as numbers of processors; others are none."""
    for words in quotas:
        with contextlib.suppress(ValueError):
            quota, period = map(int, words)
            if quota > 0:
                yield quota / period


def give_back_blocks(size: int) -> None:
    """Have the C library give freed blocks back to the system, where it can be told.

    Args:
        size: bytes of a block from which on.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # of GNU, which would raise this limit to 32 MB by itself
        library.mallopt(_LARGE_BLOCK_LIMIT, size)


def exchange(first: Path, second: Path) -> bool:
    """Let two folders swap names in one step.

    Args:
        first: a folder.
        second: another on the same file system.

    Returns:
        False where the system or the file system has no such step; nothing has changed then.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    old = os.fsencode(first)
    new = os.fsencode(second)
    status: int = rename(_CURRENT_FOLDER, old, _CURRENT_FOLDER, new, _EXCHANGE)
    return status == 0


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk, as far as the file system can.

    Args:
        path: a file or folder.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_SUPPORTED:
            raise
    finally:
        os.close(descriptor)


def link_or_copy(file: Path, path: Path) -> None:
    """Give a file a second name; a copy gets it where the file system has no hard links.

    Args:
        file: of this machine.
        path: the second name, which is free.
    """
    try:
        os.link(file, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(file, path)
        sync(path)


def can_lock() -> bool:
    """Tell whether the system has locks that a dead process cannot hold; Windows has not."""
    try:
        importlib.import_module("fcntl")
    except ImportError:
        return False
    return True


def lock_file(descriptor: int) -> None:
    """Take the lock of an open file; the system gives it up when its process ends, however.

    Args:
        descriptor: of the file.

    Raises:
        BlockingIOError: another process holds it.
    """
    fcntl: Any = importlib.import_module("fcntl")
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
