"""Compares what lies in a folder with what a manifest names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from capgen.storage.entries import DataEntry, Inventory, SideEntry
from capgen.storage.files import sha256
from capgen.storage.folders import folder_of
from capgen.storage.layout import MANIFEST, MANIFEST_SCHEMA, is_working_file
from capgen.storage.location import is_store
from capgen.storage.store.errors import plain_errors
from capgen.words import counted


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that differs from what the manifest says.

    Args:
        path: the file's path, relative to the dataset's folder.
        kind: what is wrong with the file.
        detail: what was expected, and what was got.
    """

    path: str
    kind: Literal["missing", "altered", "extra"]
    detail: str


def problems(folder: Path, manifest: Inventory) -> Iterator[Problem]:
    """Yield every file that is missing, altered or extra.

    Args:
        folder: the dataset's folder.
        manifest: what the folder should hold.
    """
    yield from damaged_files(folder, manifest, read=True)
    yield from extra_files(folder, manifest)


def extra_files(folder: Path, manifest: Inventory) -> Iterator[Problem]:
    """Yield what capgen did not write: files that the manifest does not name, and symbolic links.

    Args:
        folder: the dataset's folder.
        manifest: what the folder should hold.
    """
    named = {MANIFEST, MANIFEST_SCHEMA, *manifest.paths}
    inside = folder_of(folder)
    with plain_errors(folder):
        for name in inside.names():
            if inside.is_link(name):
                yield Problem(name, "extra", "expected no symbolic link; move it away")
            elif name not in named and not is_working_file(name):
                yield Problem(name, "extra", "expected no such file; move it away")
        for path in inside.unfinished_uploads():
            yield Problem(path, "extra", "expected no unfinished upload; capgen repair gives it up")


def data_files(folder: Path) -> Iterator[str]:
    """Yield the sorted paths of a dataset's Parquet files, relative to its folder.

    Args:
        folder: the dataset's folder.
    """
    return (name for name in folder_of(folder).names() if name.endswith(".parquet"))


def has_few_rows(files: Sequence[Path], most: int) -> bool:
    """Tell whether some Parquet files have few rows, as their footers say.

    Args:
        files: the files. No is the answer where there are none, where a footer cannot be read, and
            of files in a store, where to read one takes as long as to read many rows.
        most: how many rows all of them may have.
    """
    if any(map(is_store, files)):
        return False
    rows = 0
    for file in files:
        try:
            rows += _rows(file)
        except (OSError, pa.ArrowException):
            return False
        if rows > most:
            return False
    return bool(files)


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        rows: int = pq.read_metadata(file).num_rows
    return rows


def damaged_files(folder: Path, manifest: Inventory, *, read: bool) -> Iterator[Problem]:
    """Yield the files that are missing or altered.

    Args:
        folder: the dataset's folder.
        manifest: what the folder should hold.
        read: compare every byte, not only the sizes.
    """
    with plain_errors(folder):
        size_of = folder_of(folder).sizes()
        for entry in [*manifest.files, *manifest.side_files]:
            problem = problem_of(folder / entry.path, entry, size_of(entry.path), read=read)
            if problem:
                yield problem


def problem_of(path: Path, entry: SideEntry, size: int | None, *, read: bool) -> Problem | None:
    """Return what is wrong with one file, or None.

    Args:
        path: the file's path.
        entry: the file's entry in the manifest.
        size: the file's size in bytes; None if there is no file.
        read: compare every byte, not only the size.
    """
    if size is None:
        return Problem(entry.path, "missing", f"expected {entry.bytes:,} bytes")
    if size != entry.bytes:
        return Problem(entry.path, "altered", f"expected {entry.bytes:,} bytes, got {size:,}")
    return _problem_of_content(path, entry) if read else None


def _problem_of_content(path: Path, entry: SideEntry) -> Problem | None:
    digest = sha256(path)
    if digest != entry.sha256:
        detail = f"expected SHA-256 {entry.sha256[:12]}…, got {digest[:12]}…"
        return Problem(entry.path, "altered", detail)
    return _problem_of_rows(path, entry) if isinstance(entry, DataEntry) else None


def _problem_of_rows(path: Path, entry: DataEntry) -> Problem | None:
    """Compare the number of rows in the manifest with that of a file whose bytes are right."""
    try:
        rows = _rows(path)
    except pa.ArrowException:
        return Problem(entry.path, "altered", "expected Parquet, got something else")
    if rows == entry.rows:
        return None
    return Problem(
        entry.path,
        "altered",
        f"expected {counted(entry.rows, 'row')}, as the manifest says, got {rows:,}",
    )
