"""Files that are whole or not there: written under another name, synced, renamed."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from capgen.storage.counted import Hashed
from capgen.storage.layout import SIDE_FOLDER, name_beside
from capgen.storage.location import is_store
from capgen.storage.objects import upload, whole_object
from capgen.system.disk import sync

_UNFINISHED = re.compile(r".+\.[0-9a-f]{8}\.unfinished")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name to write to; the file gets its own name when the block ends well, and is on disk by then.

    Args:
        path: the file's own name. Its folder is made.

    Yields:
        A path beside it; another each time, because two workers may be at the same file. Of an object in a store, a
        path on this machine: it is uploaded at the end.
    """
    if is_store(path):
        with tempfile.TemporaryDirectory(prefix="capgen-") as folder:
            yield Path(folder) / path.name
            move_whole(Path(folder) / path.name, path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = name_beside(path, "", f".{secrets.token_hex(4)}.unfinished")
    try:
        yield unfinished
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    move_whole(unfinished, path)


def move_whole(file: Path, path: Path) -> None:
    """Give a finished file its own name; it is on disk by then.

    Args:
        file: of this machine, on the same file system as a path that is no store's.
        path: the file's own name.
    """
    if is_store(path):
        upload(file, path)
        return
    sync(file)
    file.replace(path)
    sync(path.parent)


@contextmanager
def whole_stream(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing; it is there, whole, when the block ends well.

    Args:
        path: the file's own name. Its folder is made.

    Yields:
        A file to write to, once from its start to its end.
    """
    if is_store(path):
        with whole_object(path) as file:
            yield file
        return
    with whole_file(path) as unfinished, unfinished.open("wb") as file:
        yield file


@contextmanager
def hashed_file(path: Path) -> Iterator[Hashed]:
    """Open a file as `whole_stream` does, and count and hash what is written.

    Args:
        path: the file's own name. Its folder is made.
    """
    with whole_stream(path) as stream:
        yield Hashed(stream)


def write_whole(path: Path, text: str) -> None:
    """Write a text file that is whole or not there.

    Args:
        path: the file.
        text: its content.
    """
    with whole_stream(path) as file:
        file.write(text.encode())


def sweep_unfinished(folder: Path) -> None:
    """Remove what killed processes left of files that they were writing.

    Args:
        folder: need not exist.
    """
    for path in list(folder.rglob("*.unfinished")):
        if _UNFINISHED.fullmatch(path.name):
            path.unlink(missing_ok=True)


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
    if folder.is_symlink():  # what it leads to is not ours
        folder.unlink()
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name != SIDE_FOLDER:
                remove_entry(entry)
        remove_entry(folder)


def remove_entry(path: Path) -> None:
    """Remove a file, a folder with all that is in it, or a symbolic link but not what it leads to.

    Args:
        path: must exist.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
