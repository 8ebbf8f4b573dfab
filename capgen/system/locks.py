"""File locks, which end with the process that holds them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any


def can_lock() -> bool:
    """Tell whether the system has locks that end with their process; Windows has none."""
    try:
        importlib.import_module("fcntl")
    except ImportError:
        return False
    return True


def lock_file(descriptor: int) -> None:
    """Take the lock of an open file; the system releases it when the process ends.

    Args:
        descriptor: the open file's descriptor.

    Raises:
        BlockingIOError: another process holds it.
    """
    fcntl: Any = importlib.import_module("fcntl")
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_locked(file: Path) -> bool:
    """Tell whether a process holds the lock of a file.

    Args:
        file: an existing file.
    """
    fcntl: Any = importlib.import_module("fcntl")
    with file.open("rb") as opened:
        try:
            fcntl.flock(opened.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
