"""An object in a store: the store itself shows it whole, or not at all."""

from __future__ import annotations

import stat
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from capgen.storage.local.rooms import temporary_room
from capgen.storage.store.objects import upload, whole_object


class StoreFile:
    """An object in a store; `capgen.storage.files.File` says what each method does.

    Args:
        path: of the object.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def kind(self) -> int | None:
        return stat.S_IFREG if self._path.exists() else None

    def is_seen(self) -> bool:
        return True

    def check_is_file(self) -> None:
        pass  # a store holds nothing else

    def stream(self) -> AbstractContextManager[IO[bytes]]:
        return whole_object(self._path)

    def room(self) -> AbstractContextManager[Path]:
        return temporary_room()

    def move_in(self, made: Path) -> None:
        upload(made, self._path)
