"""A file of this machine: written under another name, synced, renamed."""

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
    """A file of this machine; `capgen.storage.files.File` says what each method does.

    Args:
        path: the file's own name.
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
    """Give a name to write to; the file gets its own when the block ends well, and is on disk then.

    Args:
        path: the file's own name. Its folder is made.

    Yields:
        A path beside it; another each time, because two workers may be at the same file.
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
    """Give what was made under another name its own: it appears, whole, in one step.

    Args:
        made: a file, or a folder.
        path: its own name, on the same file system; a file that is there is replaced, and an empty
            folder by a folder.
    """
    made.replace(path)
    sync(path.parent)


def sweep_unfinished(folder: Path) -> None:
    """Remove what killed processes left of files that they were writing.

    Args:
        folder: need not exist.
    """
    for path in list(folder.rglob("*.unfinished")):
        if _UNFINISHED.fullmatch(path.name):
            path.unlink(missing_ok=True)
