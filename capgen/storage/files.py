"""One file, local or in a store, which appears whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from capgen.storage.counted import Hashed
from capgen.storage.local.file import LocalFile
from capgen.storage.location import is_store
from capgen.storage.store.file import StoreFile


class File(Protocol):
    """A file, local or in a store, which need not exist yet."""

    def kind(self) -> int | None:
        """Return what lies at the path, such as `stat.S_IFREG`; None for nothing."""

    def is_seen(self) -> bool:
        """Tell whether this machine sees what another machine has written at the path."""

    def check_is_file(self) -> None:
        """Raise CapgenError for a pipe and the like, on which a reader would wait forever."""

    def stream(self) -> AbstractContextManager[IO[bytes]]:
        """Open the file to write it from start to end; it appears when the block succeeds."""

    def room(self) -> AbstractContextManager[Path]:
        """Yield a folder to make the file in, which is removed afterwards."""

    def move_in(self, made: Path) -> None:
        """Move a finished file from its room to its path; it is on disk afterwards."""


def file_of(path: Path) -> File:
    """Return the file at a path.

    Args:
        path: a local path, or one in a store.
    """
    return StoreFile(path) if is_store(path) else LocalFile(path)


@contextmanager
def hashed_file(path: Path) -> Iterator[Hashed]:
    """Open a file that appears whole, and count and hash what is written.

    Args:
        path: the file's path. Its folder is made.
    """
    with file_of(path).stream() as stream:
        yield Hashed(stream)


def write_whole(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all.

    Args:
        path: the file's path.
        text: the file's content.
    """
    with file_of(path).stream() as file:
        file.write(text.encode())


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits.

    Args:
        path: the file's path.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
