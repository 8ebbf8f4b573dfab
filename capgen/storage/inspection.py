"""Compares a dataset's folder with its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from capgen.storage.confinement import Inventory
from capgen.storage.entries import DataEntry, SideEntry
from capgen.storage.files import sha256
from capgen.storage.layout import MANIFEST, MANIFEST_SCHEMA, is_working_file
from capgen.storage.location import is_store
from capgen.storage.objects import Objects
from capgen.storage.store_errors import plain_errors


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that is not as the manifest says.

    Args:
        path: relative to the dataset's folder.
        kind: what is wrong with it.
        detail: got and expected.
    """

    path: str
    kind: Literal["missing", "altered", "extra"]
    detail: str


def problems(folder: Path, manifest: Inventory) -> Iterator[Problem]:
    """Yield every file that is missing, altered or extra.

    Args:
        folder: the dataset's folder.
        manifest: what it should hold.
    """
    yield from damaged_files(folder, manifest, read=True)
    yield from extra_files(folder, manifest)


def extra_files(folder: Path, manifest: Inventory) -> Iterator[Problem]:
    """Yield what capgen did not write: files that the manifest does not name, and symbolic links.

    Args:
        folder: the dataset's folder.
        manifest: what it should hold.
    """
    entries = [*manifest.files, *manifest.side_files]
    named = {MANIFEST, MANIFEST_SCHEMA, *(entry.path for entry in entries)}
    with plain_errors(folder):
        for name in _names(folder):
            if not is_store(folder) and (folder / name).is_symlink():
                yield Problem(name, "extra", "expected no symbolic link")
            elif name not in named and not is_working_file(name):
                yield Problem(name, "extra", "expected no such file")
        for upload in Objects(folder).uploads() if is_store(folder) else ():
            yield Problem(upload.path, "extra", "expected no unfinished upload; capgen repair gives it up")


def data_files(folder: Path) -> Iterator[str]:
    """Yield the paths, relative to a dataset's folder, of all its Parquet files, sorted.

    Args:
        folder: the dataset's folder.
    """
    return (name for name in _names(folder) if name.endswith(".parquet"))


def _names(folder: Path) -> Iterable[str]:
    if is_store(folder):
        return sorted(Objects(folder).all())
    paths = sorted(folder.rglob("*"))
    return (str(path.relative_to(folder)) for path in paths if path.is_symlink() or not path.is_dir())


def damaged_files(folder: Path, manifest: Inventory, *, read: bool) -> Iterator[Problem]:
    """Yield the files that are missing or altered.

    Args:
        folder: the dataset's folder.
        manifest: what it should hold.
        read: compare every byte; without it, sizes only.
    """
    with plain_errors(folder):
        size_of = _sizes_in_store(folder) if is_store(folder) else lambda path: _size(folder / path)
        for entry in [*manifest.files, *manifest.side_files]:
            problem = _problem(folder / entry.path, entry, size_of(entry.path), read=read)
            if problem:
                yield problem


def problem_of(path: Path, entry: SideEntry, *, read: bool) -> Problem | None:
    """Return what is wrong with one file, or None.

    Args:
        path: where it should lie.
        entry: what it should be.
        read: compare every byte; without it, the size only.
    """
    return _problem(path, entry, _size(path), read=read)


def _problem(path: Path, entry: SideEntry, size: int | None, *, read: bool) -> Problem | None:
    if size is None:
        return Problem(entry.path, "missing", f"expected {entry.bytes:,} bytes")
    if size != entry.bytes:
        return Problem(entry.path, "altered", f"expected {entry.bytes:,} bytes, got {size:,}")
    if read:
        digest = sha256(path)
        if digest != entry.sha256:
            return Problem(entry.path, "altered", f"expected SHA-256 {entry.sha256[:12]}…, got {digest[:12]}…")
        if isinstance(entry, DataEntry):
            return _problem_of_rows(path, entry)
    return None


def _problem_of_rows(path: Path, entry: DataEntry) -> Problem | None:
    """Compare the rows that the manifest names with those of a file whose bytes it names."""
    with path.open("rb") as file:
        try:
            rows = pq.read_metadata(file).num_rows
        except pa.ArrowException:
            return Problem(entry.path, "altered", "expected Parquet, got something else")
    if rows == entry.rows:
        return None
    return Problem(entry.path, "altered", f"expected {entry.rows:,} rows, as the manifest says, got {rows:,}")


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _sizes_in_store(folder: Path) -> Callable[[str], int | None]:
    """Return the sizes of objects from one listing: to ask for each would take a request a file."""
    present = Objects(folder).all()
    return lambda path: present[path].bytes if path in present else None
