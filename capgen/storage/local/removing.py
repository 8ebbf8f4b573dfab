"""Removes what capgen made, but never the target of a symbolic link."""

from __future__ import annotations

import shutil
from pathlib import Path

from capgen.storage.layout import SIDE_FOLDER


def remove_folder(folder: Path) -> None:
    """Remove a folder that capgen made; the part by which capgen recognises it goes last.

    Args:
        folder: the folder, which need not exist.
    """
    if folder.is_symlink():
        folder.unlink()
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name != SIDE_FOLDER:
                remove_entry(entry)
        remove_entry(folder)


def remove_entry(path: Path) -> None:
    """Remove a file, a folder with all its content, or a symbolic link but not its target.

    Args:
        path: an existing path.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
