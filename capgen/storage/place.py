"""The place where the next version of a dataset is made and then published."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from capgen.storage.entries import FileEntry, Inventory
from capgen.storage.local.place import LocalPlace
from capgen.storage.location import is_store


class Place(Protocol):
    """The place where a dataset is made; a killed process loses only the files it was writing."""

    @property
    def target(self) -> Path:
        """The dataset's folder, or its prefix in a store."""

    def check(self) -> None:
        """Check that a dataset may be built here, or raise RequestError."""

    def one_writer(self) -> AbstractContextManager[None]:
        """Hold the right to write, or raise CapgenError if another process holds it."""

    def recover(self) -> None:
        """Finish or remove what a killed process left."""

    def settle(self, state: Any) -> None:
        """Remove what is left of a build whose dataset, of this state, is published."""

    def sweep(self) -> None:
        """Remove the unfinished files that killed processes left in the dataset."""

    def begun(self) -> Any:
        """Return the state of an interrupted build; None without one."""

    def begin(self, state: dict[str, Any]) -> None:
        """Begin a build, and discard an earlier one."""

    def whole_files(self) -> Iterable[FileEntry]:
        """Return the build's complete files."""

    def record(self, entry: FileEntry) -> None:
        """Record that a file is complete."""

    def adopt(self, entries: Iterable[FileEntry]) -> None:
        """Take over files of the dataset that the build will replace."""

    def staged_file(self, path: str) -> Path:
        """Return where to write a file before it is published."""

    def present_file(self, path: str) -> Path:
        """Return where a complete file lies now."""

    def publish(self, manifest: Inventory) -> None:
        """Put the finished build in the dataset's place; all files of the manifest are staged."""


def place_of(target: Path) -> Place:
    """Return the place where a dataset is made.

    Args:
        target: the dataset's folder, or its prefix in a store.
    """
    if not is_store(target):
        return LocalPlace(target.absolute())
    from capgen.storage.store.place import StorePlace  # few programs see a store

    return StorePlace(target)
