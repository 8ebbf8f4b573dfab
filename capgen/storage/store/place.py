"""Makes a dataset in an object store, where nothing can be renamed: the manifest comes last."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from capgen.errors import RequestError
from capgen.storage.entries import FileEntry, Inventory
from capgen.storage.files import write_whole
from capgen.storage.layout import BUILD_STATE, DATA_PATH, MANIFEST, SIDE_FILES, SIDE_FOLDER
from capgen.storage.marks import check_outside, is_dataset
from capgen.storage.store.errors import plain_errors
from capgen.storage.store.locking import one_store_writer
from capgen.storage.store.objects import Objects, Stored

_RECEIPTS = f"{SIDE_FOLDER}/receipts/"
_STAGING = f"{SIDE_FOLDER}/staging/"
_STAGED = ".staged"  # readers glob **/*.parquet


class _Receipt(BaseModel):
    """Says that a file is complete, and which object it is, so that no object need be read."""

    object: str
    tag: str
    entry: FileEntry

    def is_of(self, stored: Stored | None) -> bool:
        return stored == Stored(self.entry.bytes, self.tag)


class StorePlace:
    """Makes a dataset below a prefix; `capgen.storage.place.Place` says what each method does.

    The objects of a new dataset get their final names at once: without a manifest they are no
    dataset. If there is a dataset already, new objects are staged, and the store copies them over
    when all are complete. There is no manifest meanwhile.

    Args:
        target: the dataset's prefix.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        with plain_errors(target):
            self._objects = Objects(target)

    def check(self) -> None:
        with plain_errors(self.target):
            # This must come first: a listing says why it fails.
            others = self._objects.names() - {SIDE_FOLDER}
            check_outside(self.target)
            if others and not is_dataset(self.target) and self.begun() is None:
                raise RequestError(
                    f"out: expected an empty or new place, got {str(self.target)!r}, "
                    "which holds something that capgen did not make; name another with --out"
                )

    @contextmanager
    def one_writer(self) -> Iterator[None]:
        with plain_errors(self.target), one_store_writer(self._objects, self.target):
            yield

    def recover(self) -> None:
        self._objects.sweep()

    def settle(self, state: Any) -> None:
        if self.begun() == state:
            self._tidy()  # a process was killed after publishing and before this

    def sweep(self) -> None:
        self._objects.sweep()

    def begun(self) -> Any:
        (text,) = self._objects.read([BUILD_STATE]).values() or [b"null"]
        return json.loads(text)

    def begin(self, state: dict[str, Any]) -> None:
        self._tidy()
        self._objects.write({BUILD_STATE: json.dumps(state).encode()})

    def whole_files(self) -> Iterable[FileEntry]:
        present = self._objects.all()
        paths = [path for path in present if path.startswith(_RECEIPTS)]
        for text in self._objects.read(paths).values():
            receipt = _receipt_of(text)
            if receipt and receipt.is_of(present.get(receipt.object)):
                yield receipt.entry

    def record(self, entry: FileEntry) -> None:
        name = self._name(entry.path)
        stored = self._objects.one(name)
        if stored.bytes != entry.bytes:
            raise OSError(f"expected {entry.bytes:,} bytes in the store, got {stored.bytes:,}")
        self._write_receipts([_Receipt(object=name, tag=stored.tag, entry=entry)])

    def adopt(self, entries: Iterable[FileEntry]) -> None:
        present = self._objects.all()
        self._write_receipts(
            _Receipt(object=entry.path, tag=present[entry.path].tag, entry=entry)
            for entry in entries
        )

    def staged_file(self, path: str) -> Path:
        return self.target / self._name(path)

    def present_file(self, path: str) -> Path:
        staged = self.staged_file(path)
        return staged if staged.exists() else self.target / path

    def publish(self, manifest: Inventory) -> None:
        self._objects.sweep()
        present = self._objects.all()
        staged = {
            _staged_name(path): path for path in manifest.paths if _staged_name(path) in present
        }
        ours = {path for path in present if DATA_PATH.fullmatch(path)} | {*SIDE_FILES}
        if staged:
            self._objects.remove([MANIFEST])
        self._objects.copy(staged)
        self._objects.remove(present.keys() & ours - set(manifest.paths))
        write_whole(self.target / MANIFEST, manifest.text)
        self._tidy()

    @cached_property
    def _stages(self) -> bool:
        """Whether to stage files: there is a dataset, or one without a manifest after a kill."""
        beside = self._objects.all(f"{SIDE_FOLDER}/")
        return MANIFEST in beside or any(path.startswith(_STAGING) for path in beside)

    def _name(self, path: str) -> str:
        return _staged_name(path) if self._stages else path

    def _write_receipts(self, receipts: Iterable[_Receipt]) -> None:
        contents: dict[str, bytes] = {}
        for receipt in receipts:
            path = f"{_RECEIPTS}{receipt.entry.path}.json"
            contents[path] = receipt.model_dump_json().encode()
        self._objects.write(contents)

    def _tidy(self) -> None:
        self._objects.remove([BUILD_STATE])
        beside = self._objects.all(f"{SIDE_FOLDER}/")
        self._objects.remove(path for path in beside if path.startswith((_RECEIPTS, _STAGING)))


def _staged_name(path: str) -> str:
    return f"{_STAGING}{path}{_STAGED}"


def _receipt_of(text: bytes) -> _Receipt | None:
    """Return a receipt, or None if it is damaged: its file is made anew."""
    try:
        return _Receipt.model_validate_json(text)
    except ValidationError:
        return None
