"""Compares a dataset's folder with its manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from capgen.dataset.files import sha256
from capgen.dataset.layout import SIDE_FOLDER
from capgen.dataset.manifest import SideEntry


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
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_dir() and name not in manifest.entries and not name.startswith(f"{SIDE_FOLDER}/"):
            yield Problem(name, "extra", "expected no such file")


def damaged_files(folder: Path, manifest: Inventory, *, read: bool) -> Iterator[Problem]:
    """Yield the files that are missing or altered.

    Args:
        folder: the dataset's folder.
        manifest: what it should hold.
        read: compare every byte; without it, sizes only.
    """
    for entry in [*manifest.files, *manifest.side_files]:
        problem = problem_of(folder / entry.path, entry, read=read)
        if problem:
            yield problem


def problem_of(path: Path, entry: SideEntry, *, read: bool) -> Problem | None:
    """Return what is wrong with one file, or None.

    Args:
        path: where it should lie.
        entry: what it should be.
        read: compare every byte; without it, the size only.
    """
    if not path.is_file():
        return Problem(entry.path, "missing", f"expected {entry.bytes:,} bytes")
    size = path.stat().st_size
    if size != entry.bytes:
        return Problem(entry.path, "altered", f"expected {entry.bytes:,} bytes, got {size:,}")
    if read:
        digest = sha256(path)
        if digest != entry.sha256:
            return Problem(entry.path, "altered", f"expected SHA-256 {entry.sha256[:12]}…, got {digest[:12]}…")
    return None
