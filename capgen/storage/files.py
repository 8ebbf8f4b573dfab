"""One file, on this machine or in a store: it is there whole, or not at all."""

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
    """A file, wherever it lies; it need not be there yet."""

    def kind(self) -> int | None:
        """Return what lies there, such as `stat.S_IFREG`; None where nothing does."""

    def is_seen(self) -> bool:
        """Tell whether what another machine has written there is seen from this one."""

    def check_is_file(self) -> None:
        """Check that it is no pipe, on which a reader would wait for ever.

        CapgenError where it is.
        """

    def stream(self) -> AbstractContextManager[IO[bytes]]:
        """Open it for writing, once from its start to its end.

        It is there when the block ends well.
        """

    def room(self) -> AbstractContextManager[Path]:
        """Give a folder to make it in, which is gone afterwards."""

    def move_in(self, made: Path) -> None:
        """Put a finished file from its room in its place; it is on disk by then."""


def file_of(path: Path) -> File:
    """Return the file at a path.

    Args:
        path: from `locate`.
    """
    return StoreFile(path) if is_store(path) else LocalFile(path)


@contextmanager
def hashed_file(path: Path) -> Iterator[Hashed]:
    """Open a file that appears whole, and count and hash what is written.

    Args:
        path: the file's own name. Its folder is made.
    """
    with file_of(path).stream() as stream:
        yield Hashed(stream)


def write_whole(path: Path, text: str) -> None:
    """Write a text file that is whole or not there.

    Args:
        path: the file.
        text: its content.
    """
    with file_of(path).stream() as file:
        file.write(text.encode())


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits.

    Args:
        path: the file.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
