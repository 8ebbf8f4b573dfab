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
        if error.errno not in NOT_SUPPORTED:
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
        if error.errno not in NO_LINKS:
            raise
        shutil.copyfile(file, path)
        sync(path)


def may_write(folder: Path) -> bool:
    """Tell whether this process may make files in a folder.

    Args:
        folder: or the one that it will be made in.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return os.access(there, os.W_OK | os.X_OK)


def may_rename(folder: Path) -> bool:
    """Tell whether this process may give a folder another name.

    Args:
        folder: that is there.
    """
    around = folder.parent.stat()
    if around.st_mode & stat.S_ISVTX and hasattr(os, "geteuid"):  # there, only its owner
        is_owner = os.geteuid() in {0, around.st_uid, folder.stat().st_uid}
        return is_owner and may_write(folder.parent)
    return may_write(folder.parent)
