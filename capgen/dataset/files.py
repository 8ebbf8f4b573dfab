"""Files that are whole or not there: written under another name, synced, renamed."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.dataset.layout import SIDE_FOLDER

_UNFINISHED = ".unfinished"
_CURRENT_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name to write to; the file gets its own name when the block ends well, and is on disk by then.

    Args:
        path: the file's own name. Its folder is made.

    Yields:
        A path beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}{_UNFINISHED}")
    try:
        yield unfinished
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync(unfinished)
    unfinished.replace(path)
    sync(path.parent)


def write_whole(path: Path, text: str) -> None:
    """Write a text file that is whole or not there.

    Args:
        path: the file.
        text: its content.
    """
    with whole_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk.

    Args:
        path: a file or folder.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits.

    Args:
        path: the file.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_folder(folder: Path) -> None:
    """Remove a folder that capgen made; the part by which it is recognised goes last.

    Args:
        folder: need not exist.
    """
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name != SIDE_FOLDER:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.rmtree(folder)


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
    status: int = rename(_CURRENT_FOLDER, os.fsencode(first), _CURRENT_FOLDER, os.fsencode(second), _EXCHANGE)
    return status == 0
