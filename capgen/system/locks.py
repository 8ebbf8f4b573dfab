"""Locks of files, which a dead process cannot hold."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any


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


def is_locked(file: Path) -> bool:
    """Tell whether a process holds the lock of a file.

    Args:
        file: that is there.
    """
    fcntl: Any = importlib.import_module("fcntl")
    with file.open("rb") as opened:
        try:
            fcntl.flock(opened.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
