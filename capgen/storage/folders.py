"""The files below a folder, local or in a store, and a new folder that appears whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from capgen.storage.local.folder import LocalFolder
from capgen.storage.location import is_store


class Folder(Protocol):
    """A folder, or a prefix of a store; the paths below are relative to it."""

    @property
    def is_cheap_to_read(self) -> bool:
        """Whether reading every byte below costs little."""

    def is_seen(self) -> bool:
        """Tell whether this machine sees the folder; always True for a store."""

    def names(self) -> Sequence[str]:
        """Return the sorted paths of all files and symbolic links below."""

    def sizes(self) -> Callable[[str], int | None]:
        """Return a function from a path to the file's size, or to None where there is no file."""

    def is_link(self, path: str) -> bool:
        """Tell whether a path is a symbolic link."""

    def linked_folder(self, paths: Iterable[str]) -> Path | None:
        """Return a symbolic link in place of a folder above one of the paths, if there is one."""

    def unfinished_uploads(self) -> Iterable[str]:
        """Return the paths of uploads that were begun and neither finished nor aborted."""

    def whole(self) -> AbstractContextManager[tuple[Path, Path]]:
        """Yield a folder to write; it takes this one's place if the block succeeds, else it goes.

        The file that makes the folder whole must be written last. The second path is a folder for
        what does not fit into memory; it need not be made.

        Raises RequestError where something is there already, and CapgenError where another process
        writes it.
        """


def folder_of(path: Path) -> Folder:
    """Return the folder at a path.

    Args:
        path: a local path, or one in a store.
    """
    if not is_store(path):
        return LocalFolder(path)
    from capgen.storage.store.folder import StoreFolder  # few programs see a store

    return StoreFolder(path)
