"""A prefix of a store, below which there are objects and no folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from capgen.errors import RequestError
from capgen.storage.layout import MANIFEST, SIDE_FOLDER
from capgen.storage.local.rooms import temporary_room
from capgen.storage.marks import check_outside
from capgen.storage.store.locking import LOCK, one_store_writer
from capgen.storage.store.objects import Objects

_BEGUN = f"{SIDE_FOLDER}/rollup"  # marks an unfinished rollup


class StoreFolder:
    """A prefix of a store; `capgen.storage.folders.Folder` says what each method does.

    Args:
        path: the prefix.
    """

    is_cheap_to_read = False  # every byte would be fetched

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_seen(self) -> bool:
        return True

    def names(self) -> list[str]:
        return sorted(self._objects.all())

    def sizes(self) -> Callable[[str], int | None]:
        present = self._objects.all()  # one listing rather than a request for each file
        return lambda path: present[path].bytes if path in present else None

    def is_link(self, path: str) -> bool:
        return False

    def linked_folder(self, paths: Iterable[str]) -> Path | None:
        return None

    def unfinished_uploads(self) -> Iterable[str]:
        return (upload.path for upload in self._objects.uploads())

    @contextmanager
    def whole(self) -> Iterator[tuple[Path, Path]]:
        check_outside(self._path)
        self._check_is_new()
        with one_store_writer(self._objects, self._path), temporary_room() as spilled:
            self._clear()
            self._objects.write({_BEGUN: b"begun"})
            try:
                yield self._path, spilled
            except BaseException:
                self._clear()
                raise
            self._objects.remove([_BEGUN])

    @cached_property
    def _objects(self) -> Objects:
        return Objects(self._path)

    def _check_is_new(self) -> None:
        present = self._objects.all()
        is_begun = _BEGUN in present
        if MANIFEST in present or (not is_begun and present.keys() - {LOCK}):
            raise RequestError(
                f"out: expected an empty or new place, got {str(self._path)!r}, "
                "which holds something"
            )

    def _clear(self) -> None:
        self._objects.sweep()
        self._objects.remove(self._objects.all().keys() - {LOCK})
