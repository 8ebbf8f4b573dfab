"""A local file: written under another name, synced to disk, then renamed."""

from __future__ import annotations

import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

from capgen.errors import CapgenError, RequestError
from capgen.storage.local.places import name_beside
from capgen.storage.local.rooms import local_room
from capgen.system.disk import sync

_UNFINISHED = re.compile(r".+\.[0-9a-f]{8}\.unfinished")


class LocalFile:
    """A local file; `capgen.storage.files.File` says what each method does.

    Args:
        path: the file's path.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def kind(self) -> int | None:
        try:
            return stat.S_IFMT(self._path.stat().st_mode)
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise RequestError(
                f"{self._path}: expected folders above it, got a file there; name another"
            ) from None

    def is_seen(self) -> bool:
        return self._path.exists()

    def check_is_file(self) -> None:
        if self._path.exists() and not self._path.is_file():
            raise CapgenError(
                f"{self._path}: expected a file, got something else; restore it from a copy"
            )

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        with whole_file(self._path) as unfinished, unfinished.open("wb") as file:
            yield file

    def room(self) -> AbstractContextManager[Path]:
        return local_room(self._path)

    def move_in(self, made: Path) -> None:
        sync(made)
        take_place(made, self._path)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary name to write to; when the block succeeds, the file is synced and renamed.

    Args:
        path: the file's final path. Its folder is made.

    Yields:
        A path beside it, different each time: two workers may write the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = name_beside(path, "", f".{secrets.token_hex(4)}.unfinished")
    try:
        yield unfinished
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    LocalFile(path).move_in(unfinished)


def take_place(made: Path, path: Path) -> None:
    """Rename what was made under another name: it appears, whole, in one step.

    Args:
        made: a file or a folder.
        path: the final path, on the same file system. A file replaces an existing file, and a
            folder an empty folder.
    """
    made.replace(path)
    sync(path.parent)


def sweep_unfinished(folder: Path) -> None:
    """Remove the unfinished files that killed processes left.

    Args:
        folder: the folder to search, with all below; it need not exist.
    """
    for path in list(folder.rglob("*.unfinished")):
        if _UNFINISHED.fullmatch(path.name):
            path.unlink(missing_ok=True)
