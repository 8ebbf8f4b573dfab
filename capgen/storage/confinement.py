"""Checks that a manifest names only files of its folder, in their places, once, and with rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from capgen.errors import CapgenError
from capgen.storage.entries import Inventory
from capgen.storage.layout import DATA_PATH, SIDE_FOLDER

_SIDE_PATH = re.compile(rf"{SIDE_FOLDER}/[A-Za-z0-9_-][A-Za-z0-9._-]*(?<!\.parquet)")
_SHA256 = re.compile("[0-9a-f]{64}")


def check_confined(path: Path, manifest: Inventory) -> None:
    """Check that a manifest names nothing outside of its dataset, and nothing impossible.

    Args:
        path: the manifest's path.
        manifest: the manifest's content.

    Raises:
        CapgenError: an entry is wrong; the message names it.
    """
    wrong = next(_wrong(manifest), None)
    if wrong:
        raise CapgenError(
            f"{path}: {wrong}; restore it from a copy, or build again in another folder"
        )


def _wrong(manifest: Inventory) -> Iterator[str]:
    yield from _wrong_paths(manifest)
    yield from _wrong_numbers(manifest)


def _wrong_paths(manifest: Inventory) -> Iterator[str]:
    for entry in manifest.files:
        if not DATA_PATH.fullmatch(entry.path):
            yield _misplaced(
                entry.path, "a data file as year=2022/server_type=web/part-00000.parquet"
            )
    for side in manifest.side_files:
        if not _SIDE_PATH.fullmatch(side.path):
            yield _misplaced(side.path, f"a file as {SIDE_FOLDER}/summary.json")
    paths = Counter(entry.path for entry in [*manifest.files, *manifest.side_files])
    for path, count in paths.items():
        if count > 1:
            yield f"expected each file once, got {path!r} {count} times"


def _wrong_numbers(manifest: Inventory) -> Iterator[str]:
    for entry in manifest.files:
        if entry.rows < 1:
            yield f"{entry.path}: expected at least 1 row, got {entry.rows:,}"
    for side in [*manifest.files, *manifest.side_files]:
        if side.bytes < 0 or not _SHA256.fullmatch(side.sha256):
            yield f"{side.path}: expected a size from 0 and a SHA-256 of 64 digits, got others"
    total = sum(entry.rows for entry in manifest.files)
    if total != manifest.rows:
        yield f"rows: expected {total:,}, those of its files, got {manifest.rows:,}"


def _misplaced(path: str, expected: str) -> str:
    return f"expected {expected}, within its folder, got {path!r}"
