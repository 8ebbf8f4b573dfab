"""The files below a folder, on this machine or in a store, and a new folder that appears whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from capgen.storage.local.folder import LocalFolder
from capgen.storage.location import is_store
from capgen.storage.store.folder import StoreFolder


class Folder(Protocol):
    """A folder, or a prefix of a store; paths below are relative to it."""

    @property
    def is_cheap_to_read(self) -> bool:
        """Whether every byte below may be read without a thought of what that costs."""

    def is_seen(self) -> bool:
        """Tell whether there is such a folder, seen from this machine.

        A store has no folders to miss.
        """

    def names(self) -> Sequence[str]:
        """Return the paths of all files and symbolic links below, sorted."""

    def sizes(self) -> Callable[[str], int | None]:
        """Return what gives the size of the file of a path; None where there is none."""

    def is_link(self, path: str) -> bool:
        """Tell whether a symbolic link lies at a path."""

    def linked_folder(self, paths: Iterable[str]) -> Path | None:
        """Return a symbolic link in place of a folder on the way to one of the paths, if any."""

    def unfinished_uploads(self) -> Iterable[str]:
        """Return the paths of uploads that somebody began and neither finished nor gave up."""

    def whole(self) -> AbstractContextManager[tuple[Path, Path]]:
        """Give a folder to write a new one into.

        It is this one when the block ends well, else gone.

        The file that makes it whole is to be written last. The other path is of a folder that need
        not be made, for what does not fit into memory.

        RequestError where something is there already, CapgenError where another process writes it.
        """


def folder_of(path: Path) -> Folder:
    """Return the folder at a path.

    Args:
        path: from `locate`.
    """
    return StoreFolder(path) if is_store(path) else LocalFolder(path)
