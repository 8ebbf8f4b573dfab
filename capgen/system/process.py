"""What a process is told, and may be told."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
from typing import Any

# Sent by Ctrl-C, by who ends a process, and by a terminal that closes. Windows has no SIGHUP.
_STOP_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
STOP_SIGNALS = [getattr(signal, name) for name in _STOP_NAMES if hasattr(signal, name)]
_LARGE_BLOCK_LIMIT = -3  # M_MMAP_THRESHOLD


def give_back_blocks(size: int) -> None:
    """Have the C library give freed blocks back to the system, where it can be told.

    Args:
        size: bytes of a block from which on.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # of GNU, which would raise this limit to 32 MB by itself
        library.mallopt(_LARGE_BLOCK_LIMIT, size)


def address_space_limit() -> int | None:
    """Return how many bytes of addresses this process may have, as `ulimit -v` says; None without a limit."""
    try:
        resource: Any = importlib.import_module("resource")
    except ImportError:  # of Windows
        return None
    limit: int = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def is_running(number: int) -> bool:
    """Tell whether a process of this machine runs.

    Args:
        number: of the process.
    """
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
