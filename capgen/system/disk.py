"""What file systems do in one step, or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
from pathlib import Path

from capgen.system.errors import NO_LINKS, NOT_SUPPORTED

_CURRENT_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def exchange(first: Path, second: Path) -> bool:
    """Swap the names of two folders in one step.

    Args:
        first: one folder.
        second: another folder on the same file system.

    Returns:
        False, with nothing changed, where the system or the file system has no such step.
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
        if error.errno not in NOT_SUPPORTED:
            raise
    finally:
        os.close(descriptor)


def link_or_copy(file: Path, path: Path) -> None:
    """Give a file a second name; where the file system has no hard links, make a copy.

    Args:
        file: a local file.
        path: the second name, which is not taken.
    """
    try:
        os.link(file, path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copyfile(file, path)
        sync(path)


def may_write(folder: Path) -> bool:
    """Tell whether this process may make files in a folder.

    Args:
        folder: the folder; where it does not exist, its nearest existing parent counts.
    """
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(existing, os.W_OK | os.X_OK)


def may_rename(folder: Path) -> bool:
    """Tell whether this process may rename a folder.

    Args:
        folder: an existing folder.
    """
    around = folder.parent.stat()
    if around.st_mode & stat.S_ISVTX and hasattr(os, "geteuid"):  # sticky: only owners may rename
        is_owner = os.geteuid() in {0, around.st_uid, folder.stat().st_uid}
        return is_owner and may_write(folder.parent)
    return may_write(folder.parent)
