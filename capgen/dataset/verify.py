"""Compares a dataset's folder with its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from capgen.dataset.files import sha256
from capgen.dataset.layout import SIDE_FOLDER
from capgen.dataset.location import is_store
from capgen.dataset.manifest import SideEntry
from capgen.dataset.objects import Objects
from capgen.dataset.store_errors import plain_errors


class Inventory(Protocol):
    """What the manifest of a dataset or of a rollup says of its files."""

    @property
    def files(self) -> Sequence[SideEntry]:
        """The data files."""

    @property
    def side_files(self) -> Sequence[SideEntry]:
        """The files beside the data."""

    @property
    def entries(self) -> Mapping[str, SideEntry]:
        """The data files by path."""


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
    """Yield the files that capgen did not write.

    Args:
        folder: the dataset's folder.
        manifest: what it should hold.
    """
    with plain_errors(folder):
        for name in _names(folder):
            if name not in manifest.entries and not name.startswith(f"{SIDE_FOLDER}/"):
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
    return (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if not path.is_dir())


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
    return None


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _sizes_in_store(folder: Path) -> Callable[[str], int | None]:
    """Return the sizes of objects from one listing: to ask for each would take a request a file."""
    present = Objects(folder).all()
    return lambda path: present[path].bytes if path in present else None
