"""Checks whether a Delta table may be written to a folder."""

from __future__ import annotations

from pathlib import Path

from capgen.errors import RequestError
from capgen.storage.local.places import Places
from capgen.storage.location import is_store
from capgen.storage.marks import check_outside

_DELTA_LOG = "_delta_log"


def check_delta_folder(target: Path, *, overwrite: bool) -> None:
    """Check that a Delta table may be written to a folder.

    Args:
        target: an absolute path, or one in a store.
        overwrite: allow a new version of an existing table.

    Raises:
        RequestError: the table may not be written there.
    """
    if is_store(target):
        raise RequestError(
            f"delta: expected a folder, got {target}; export there, and copy the table"
        )
    check_outside(target)
    if target.exists() and not target.is_dir():
        raise RequestError(f"{target}: expected a folder, got a file")
    if target.is_dir() and any(target.iterdir()) and not is_delta_table(target):
        raise RequestError(
            f"{target}: expected a new folder or a Delta table, "
            "got a folder with something else in it"
        )
    if Places.of(target).inside:
        raise RequestError(
            f"{target}: expected a folder that can be renamed, got a mount point, "
            "the working folder, or one below a folder that cannot be written"
        )
    if is_delta_table(target) and not overwrite:
        raise RequestError(
            f"{target}: exists already; add --overwrite to replace it, or name another"
        )


def is_delta_table(folder: Path) -> bool:
    """Tell whether a folder is a Delta table.

    Args:
        folder: any path.
    """
    return (folder / _DELTA_LOG).is_dir()
