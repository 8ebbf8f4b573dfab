"""Removes what capgen made, and never what a symbolic link leads to."""

from __future__ import annotations

import shutil
from pathlib import Path

from capgen.storage.layout import SIDE_FOLDER


def remove_folder(folder: Path) -> None:
    """Remove a folder that capgen made; the part by which it is recognised goes last.

    Args:
        folder: need not exist.
    """
    if folder.is_symlink():
        folder.unlink()
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name != SIDE_FOLDER:
                remove_entry(entry)
        remove_entry(folder)


def remove_entry(path: Path) -> None:
    """Remove a file, a folder with all that is in it, or a symbolic link but not what it leads to.

    Args:
        path: must exist.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
