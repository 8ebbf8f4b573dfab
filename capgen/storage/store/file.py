"""An object in a store, which the store itself shows whole or not at all."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from capgen.storage.local.rooms import temporary_room


class StoreFile:
    """An object in a store; `capgen.storage.files.File` says what each method does.

    Args:
        path: the object's path.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def kind(self) -> int | None:
        return stat.S_IFREG if self._path.exists() else None

    def is_seen(self) -> bool:
        return True

    def check_is_file(self) -> None:
        pass  # a store holds nothing else

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        file = cast(Any, self._path.open("wb"))
        try:
            yield file
            file.close()
        except BaseException:
            with suppress(Exception):  # the first error counts; the next build sweeps what is left
                file.discard()
            file.closed = True  # its usual end would publish what was written so far
            raise

    def room(self) -> AbstractContextManager[Path]:
        return temporary_room()

    def move_in(self, made: Path) -> None:
        path = cast(Any, self._path)
        path.fs.put_file(str(made), path.path)
