"""Signals, memory limits and life of processes."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
from typing import Any

# Sent by Ctrl-C, by `kill`, and by a terminal that closes. Windows has no SIGHUP.
_STOP_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
STOP_SIGNALS = [getattr(signal, name) for name in _STOP_NAMES if hasattr(signal, name)]
_LARGE_BLOCK_LIMIT = -3  # M_MMAP_THRESHOLD
_FREE_MEMORY_LIMIT = -1  # M_TRIM_THRESHOLD


def give_back_blocks(size: int, kept: int) -> None:
    """Make the C library return freed blocks to the system, where it has such a setting.

    Args:
        size: bytes of the smallest block to return.
        kept: bytes of smaller blocks that each thread keeps.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # GNU's library, which would raise the first up to 32 MB
        library.mallopt(_LARGE_BLOCK_LIMIT, size)
        library.mallopt(_FREE_MEMORY_LIMIT, kept)


def address_space_limit() -> int | None:
    """Return this process's limit of address space in bytes (`ulimit -v`); None without a limit."""
    try:
        resource: Any = importlib.import_module("resource")
    except ImportError:  # on Windows
        return None
    limit: int = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def is_running(number: int) -> bool:
    """Tell whether a process runs on this machine.

    Args:
        number: the process's number.
    """
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
