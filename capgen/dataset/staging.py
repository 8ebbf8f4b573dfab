"""The next version of a dataset while it is made: what a build is of, and which of its files are whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from capgen.config import Config
from capgen.dataset.differences import differing_keys
from capgen.dataset.files import remove_folder, sync, write_whole
from capgen.dataset.layout import BUILD_STATE, RECEIPTS, Places
from capgen.dataset.manifest import FileEntry, config_values
from capgen.dataset.sizes import Sizes
from capgen.dataset.verify import problem_of
from capgen.errors import RequestError
from capgen.version import __version__


class Staging:
    """A build's folder; killing the process at any moment loses at most the files that were being written.

    Args:
        places: where it is.
        config: what is being built.
        sizes: of files and row groups.
    """

    def __init__(self, places: Places, config: Config, sizes: Sizes) -> None:
        self._places = places
        self._state = {
            "capgen_version": __version__,
            "config": config_values(config),
            "sizes": sizes.model_dump(),
        }

    def open(self, *, discard_other: bool) -> dict[str, FileEntry]:
        """Start a build, or take up the one that was interrupted.

        Args:
            discard_other: start afresh where the build that was interrupted is of another configuration.

        Returns:
            The files that are whole already, by path.

        Raises:
            RequestError: the build that was interrupted is of another configuration.
        """
        begun = self._begun()
        if begun is None or (discard_other and begun != self._state):
            remove_folder(self._places.staging)
            write_whole(self._places.staging / BUILD_STATE, json.dumps(self._state))
            return {}
        if begun != self._state:
            raise RequestError(
                f"{self._places.target}: an interrupted build of another configuration is kept beside it "
                f"({differing_keys(begun, self._state)}); add --overwrite to discard it"
            )
        return {entry.path: entry for entry in self._receipts() if self._is_whole(entry)}

    def record(self, entry: FileEntry) -> None:
        """Remember that a file is whole.

        Args:
            entry: the file.
        """
        with (self._places.staging / RECEIPTS).open("a", encoding="utf-8") as receipts:
            receipts.write(entry.model_dump_json() + "\n")
            receipts.flush()
            os.fsync(receipts.fileno())

    def adopt(self, dataset: Path, entries: Iterable[FileEntry]) -> None:
        """Take over files of the dataset that is to be replaced.

        Args:
            dataset: its folder.
            entries: the files; they are whole there.
        """
        for entry in entries:
            staged = self._places.staged_file(entry.path)
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.unlink(missing_ok=True)
            os.link(dataset / entry.path, staged)
            sync(staged.parent)
            self.record(entry)

    def _begun(self) -> Any:
        try:
            return json.loads((self._places.staging / BUILD_STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # nothing was begun, or the replaced version of a dataset lies there

    def _receipts(self) -> Iterable[FileEntry]:
        path = self._places.staging / RECEIPTS
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            try:
                yield FileEntry.model_validate_json(line)
            except ValidationError:
                return  # the line that was being written when the process was killed

    def _is_whole(self, entry: FileEntry) -> bool:
        candidates = [self._places.staged_file(entry.path)]
        if self._places.inside:
            candidates.append(self._places.target / entry.path)  # already published
        return any(problem_of(path, entry, read=True) is None for path in candidates)
