"""The objects below a prefix of a store: many at once, and written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from capgen.storage.store.errors import code_of, is_taken


@dataclass(frozen=True, slots=True)
class Stored:
    """An object.

    Args:
        bytes: its size.
        tag: what changes with its content.
    """

    bytes: int
    tag: str


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload in parts that was begun and neither finished nor given up.

    Args:
        path: of the object that it was to be, relative to the prefix.
        id: the store's name for it.
    """

    path: str
    id: str


class Objects:
    """The objects below a prefix.

    Args:
        folder: the prefix, from `locate`.
    """

    def __init__(self, folder: Path) -> None:
        place = cast(Any, folder)
        self._files = place.fs
        self._root = str(place.path)
        self._in_parts = place.protocol == "s3"  # what is begun elsewhere leaves nothing to list

    def all(self, below: str = "") -> dict[str, Stored]:
        """Return the objects by path.

        Args:
            below: a prefix of the path.
        """
        found = self._files.find(self._key(below), detail=True)
        # Some stores list a folder that is empty, or that a tool has made, as an object.
        of_objects = {
            key: facts for key, facts in found.items() if facts["type"] == "file" and key[-1] != "/"
        }
        return {
            self._path(key): _stored(facts)
            for key, facts in of_objects.items()
            if key != self._root
        }

    def names(self) -> set[str]:
        """Return the first parts of the objects' paths."""
        try:
            found = self._files.ls(self._root, detail=False)
        except FileNotFoundError as error:
            if code_of(error) == "NoSuchBucket":
                raise
            return set()
        return {self._path(key).rstrip("/") for key in found} - {""}

    def one(self, path: str) -> Stored:
        """Return an object.

        Args:
            path: relative to the prefix.

        Raises:
            FileNotFoundError: there is none.
        """
        return _stored(self._files.info(self._key(path)))

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Return the contents of objects; those that are not there are left out.

        Args:
            paths: relative to the prefix.
        """
        found = (
            self._files.cat([self._key(path) for path in paths], on_error="omit") if paths else {}
        )
        return {self._path(key): content for key, content in found.items()}

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Write small objects; those that are there are written anew.

        Args:
            contents: by path.
        """
        if contents:
            self._files.pipe({self._key(path): content for path, content in contents.items()})

    def write_new(self, path: str, content: bytes) -> bool:
        """Write an object that must not be there yet.

        Args:
            path: relative to the prefix.
            content: of the object.

        Returns:
            False where there is one.
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
            pairs: from path to path, relative to the prefix.
        """
        if pairs:
            self._files.copy([*map(self._key, pairs)], [*map(self._key, pairs.values())])

    def remove(self, paths: Iterable[str]) -> None:
        """Remove objects; those that are not there do not matter.

        Args:
            paths: relative to the prefix.
        """
        keys = [self._key(path) for path in paths]
        if keys:
            with suppress(FileNotFoundError):
                self._files.rm(keys)

    def uploads(self) -> list[Upload]:
        """Return the uploads in parts that somebody left.

        None where listing them is not allowed.
        """
        if not self._in_parts:
            return []
        bucket, prefix, _ = self._files.split_path(self._root)
        begun: list[Upload] = []
        marker: dict[str, str] = {}
        while True:
            try:
                page = self._files.call_s3(
                    "list_multipart_uploads", Bucket=bucket, Prefix=f"{prefix}/", **marker
                )
            except PermissionError:
                return begun
            begun += [
                Upload(each["Key"].removeprefix(f"{prefix}/"), each["UploadId"])
                for each in page.get("Uploads", ())
            ]
            if not page.get("IsTruncated"):
                return begun
            marker = {
                "KeyMarker": page["NextKeyMarker"],
                "UploadIdMarker": page["NextUploadIdMarker"],
            }

    def sweep(self) -> None:
        """Give up the uploads in parts that somebody left: a store keeps, and bills, the parts."""
        for upload in self.uploads():
            bucket, key, _ = self._files.split_path(self._key(upload.path))
            with suppress(FileNotFoundError):
                self._files.abort_mpu(bucket, key, upload.id)

    def _key(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _path(self, key: str) -> str:
        return key.removeprefix(f"{self._root}/")


@contextmanager
def whole_object(path: Path) -> Iterator[IO[bytes]]:
    """Open an object for writing; it is there, whole, when the block ends well.

    Args:
        path: of the object.

    Yields:
        A file to write to, once from its start to its end.
    """
    file = cast(Any, path.open("wb"))
    try:
        yield file
        file.close()
    except BaseException:
        with suppress(
            Exception
        ):  # the reason that counts is on its way; the next build sweeps what this leaves
            file.discard()
        file.closed = True  # closed as usual, it would publish what there is
        raise


def upload(file: Path, path: Path) -> None:
    """Make an object of a file; it is there, whole, or not at all.

    Args:
        file: on this machine.
        path: of the object.
    """
    place = cast(Any, path)
    place.fs.put_file(str(file), place.path)


def _stored(facts: Mapping[str, Any]) -> Stored:
    return Stored(int(facts["size"]), str(facts.get("ETag") or facts.get("etag")))
