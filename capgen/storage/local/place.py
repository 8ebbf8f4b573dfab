"""The next version of a dataset in a local folder, while it is made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from capgen.storage.entries import FileEntry, Inventory
from capgen.storage.files import write_whole
from capgen.storage.inspection import problem_of
from capgen.storage.layout import BUILD_STATE, RECEIPTS
from capgen.storage.local.file import sweep_unfinished
from capgen.storage.local.folder import size_of
from capgen.storage.local.locking import one_writer
from capgen.storage.local.places import Places
from capgen.storage.local.publishing import publish, recover
from capgen.storage.local.removing import remove_folder
from capgen.storage.local.target import check_target
from capgen.system.disk import link_or_copy, may_write, sync


class LocalPlace:
    """Makes a dataset beside its folder; `capgen.storage.place.Place` says what each method does.

    Args:
        target: the absolute path of the dataset's folder.
    """

    def __init__(self, target: Path) -> None:
        self._places = Places.of(target)

    @property
    def target(self) -> Path:
        return self._places.target

    def check(self) -> None:
        check_target(self._places)

    @contextmanager
    def one_writer(self) -> Iterator[None]:
        if not self._is_writable():  # nothing can be written then, so nobody needs the lock
            yield
            return
        with one_writer(self._places.lock, self.target, self._places.other_lock):
            yield

    def recover(self) -> None:
        if self._is_writable():
            recover(self._places)

    def settle(self, state: Any) -> None:
        pass  # recovery does it: the files themselves show what is published

    def sweep(self) -> None:
        if self._is_writable():
            sweep_unfinished(self.target)

    def begun(self) -> Any:
        try:
            return json.loads((self._places.staging / BUILD_STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # no build was begun, or the replaced version of the dataset lies there

    def begin(self, state: dict[str, Any]) -> None:
        remove_folder(self._places.staging)
        write_whole(self._places.staging / BUILD_STATE, json.dumps(state))

    def whole_files(self) -> Iterable[FileEntry]:
        return filter(self._is_whole, self._receipts())

    def record(self, entry: FileEntry) -> None:
        path = self._places.staging / RECEIPTS
        with path.open("a", encoding="utf-8") as receipts:
            receipts.write(entry.model_dump_json() + "\n")
        sync(path)

    def adopt(self, entries: Iterable[FileEntry]) -> None:
        for entry in entries:
            staged = self.staged_file(entry.path)
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.unlink(missing_ok=True)
            link_or_copy(self.target / entry.path, staged)
            sync(staged.parent)
            self.record(entry)

    def staged_file(self, path: str) -> Path:
        return self._places.staged_file(path)

    def present_file(self, path: str) -> Path:
        return self._places.present_file(path)

    def publish(self, manifest: Inventory) -> None:
        sweep_unfinished(self._places.staging)
        publish(self._places, manifest)

    def _is_writable(self) -> bool:
        return may_write(self._places.lock.parent)

    def _receipts(self) -> Iterable[FileEntry]:
        path = self._places.staging / RECEIPTS
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            try:
                yield FileEntry.model_validate_json(line)
            except ValidationError:
                return  # the process was killed while it wrote this line

    def _is_whole(self, entry: FileEntry) -> bool:
        candidates = [self._places.staged_file(entry.path)]
        if self._places.inside:
            candidates.append(self.target / entry.path)  # already published
        return any(problem_of(path, entry, size_of(path), read=True) is None for path in candidates)
