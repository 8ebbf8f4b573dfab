"""The objects below a prefix of a store, listed, read, written, copied and removed many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from capgen.storage.store.errors import code_of, is_taken


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in a store.

    Args:
        bytes: the object's size.
        tag: the store's mark of the content, which changes with it.
    """

    bytes: int
    tag: str


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload in parts that was begun and neither finished nor aborted.

    Args:
        path: path of the object, relative to the prefix.
        id: the store's name for the upload.
    """

    path: str
    id: str


class Objects:
    """The objects below a prefix; all paths are relative to it.

    Args:
        folder: the prefix.
    """

    def __init__(self, folder: Path) -> None:
        place = cast(Any, folder)
        self._files = place.fs
        self._root = str(place.path)
        self._in_parts = place.protocol == "s3"  # other stores do not list unfinished uploads

    def all(self, below: str = "") -> dict[str, Stored]:
        """Return the objects by path.

        Args:
            below: only objects whose paths begin with this.
        """
        objects: dict[str, Stored] = {}
        for key, facts in self._files.find(self._key(below), detail=True).items():
            # Some stores list a folder that is empty, or that a tool has made, as an object.
            is_folder = facts["type"] != "file" or key.endswith("/")
            if not is_folder and key != self._root:
                objects[self._path(key)] = _stored(facts)
        return objects

    def names(self) -> set[str]:
        """Return the names directly below the prefix."""
        try:
            found = self._files.ls(self._root, detail=False)
        except FileNotFoundError as error:
            if code_of(error) == "NoSuchBucket":
                raise
            return set()
        return {self._path(key).rstrip("/") for key in found} - {""}

    def one(self, path: str) -> Stored:
        """Return the size and tag of an object.

        Args:
            path: the object's path.

        Raises:
            FileNotFoundError: there is no such object.
        """
        return _stored(self._files.info(self._key(path)))

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Return the contents of objects by path; missing objects are left out.

        Args:
            paths: the objects' paths.
        """
        if not paths:
            return {}
        found = self._files.cat([self._key(path) for path in paths], on_error="omit")
        return {self._path(key): content for key, content in found.items()}

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Write small objects, and replace existing ones.

        Args:
            contents: the objects' contents by path.
        """
        if contents:
            self._files.pipe({self._key(path): content for path, content in contents.items()})

    def write_new(self, path: str, content: bytes) -> bool:
        """Write an object, unless it exists.

        Args:
            path: the object's path.
            content: the object's content.

        Returns:
            Whether the object is written; False if it existed.
        """
        try:
            self._files.pipe_file(self._key(path), content, mode="create")
        except OSError as error:
            if is_taken(error):
                return False
            raise
        return True

    def copy(self, pairs: Mapping[str, str]) -> None:
        """Copy objects within the store.

        Args:
            pairs: the path of each copy by the path of its original.
        """
        if pairs:
            self._files.copy([*map(self._key, pairs)], [*map(self._key, pairs.values())])

    def remove(self, paths: Iterable[str]) -> None:
        """Remove objects; missing ones do not matter.

        Args:
            paths: the objects' paths.
        """
        keys = [self._key(path) for path in paths]
        if keys:
            with suppress(FileNotFoundError):
                self._files.rm(keys)

    def uploads(self) -> list[Upload]:
        """Return the unfinished uploads in parts, as far as the store lets us list them."""
        return list(self._listed_uploads()) if self._in_parts else []

    def _listed_uploads(self) -> Iterator[Upload]:
        bucket, prefix, _ = self._files.split_path(self._root)
        request = {"Bucket": bucket, "Prefix": f"{prefix}/"}
        is_more = True
        while is_more:
            try:
                page = self._files.call_s3("list_multipart_uploads", **request)
            except PermissionError:
                return
            for begun in page.get("Uploads", ()):
                yield Upload(begun["Key"].removeprefix(f"{prefix}/"), begun["UploadId"])
            is_more = page.get("IsTruncated", False)
            request["KeyMarker"] = page.get("NextKeyMarker", "")
            request["UploadIdMarker"] = page.get("NextUploadIdMarker", "")

    def sweep(self) -> None:
        """Abort the unfinished uploads in parts: the store keeps, and bills, the parts."""
        for upload in self.uploads():
            bucket, key, _ = self._files.split_path(self._key(upload.path))
            with suppress(FileNotFoundError):
                self._files.abort_mpu(bucket, key, upload.id)

    def _key(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _path(self, key: str) -> str:
        return key.removeprefix(f"{self._root}/")


def _stored(facts: Mapping[str, Any]) -> Stored:
    return Stored(int(facts["size"]), str(facts.get("ETag") or facts.get("etag")))
