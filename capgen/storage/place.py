"""Where the next version of a dataset is made, and how it takes the place of the present one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from capgen.storage.entries import FileEntry, Inventory
from capgen.storage.local.place import LocalPlace
from capgen.storage.location import is_store
from capgen.storage.store.place import StorePlace


class Place(Protocol):
    """Where a dataset is made.

    Killing the process at any moment loses at most the files that were being written.
    """

    @property
    def target(self) -> Path:
        """Where the dataset is, or will be."""

    def check(self) -> None:
        """Check that a dataset may be built here; RequestError where not."""

    def one_writer(self) -> AbstractContextManager[None]:
        """Hold the right to write; CapgenError where another process has it."""

    def recover(self) -> None:
        """Finish or remove what a killed process left."""

    def settle(self, state: Any) -> None:
        """Remove what is left of a build that is published, as the dataset is of this state."""

    def sweep(self) -> None:
        """Remove what killed processes left of files in the dataset that they were writing."""

    def begun(self) -> Any:
        """Return what the build that was interrupted is of, None without one."""

    def begin(self, state: dict[str, Any]) -> None:
        """Begin a build; what was begun before is discarded."""

    def whole_files(self) -> Iterable[FileEntry]:
        """Return the files of the build that are whole."""

    def record(self, entry: FileEntry) -> None:
        """Remember that a file is whole."""

    def adopt(self, entries: Iterable[FileEntry]) -> None:
        """Take over files of the dataset that is to be replaced."""

    def staged_file(self, path: str) -> Path:
        """Return where a file is written to before it is published."""

    def present_file(self, path: str) -> Path:
        """Return where a file lies that is whole."""

    def publish(self, manifest: Inventory) -> None:
        """Put the finished build in the dataset's place; all files of the manifest are staged."""


def place_of(target: Path) -> Place:
    """Return the place for a dataset.

    Args:
        target: from `locate`.
    """
    return StorePlace(target) if is_store(target) else LocalPlace(target.absolute())
