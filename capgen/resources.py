"""Finds the files that ship with capgen: the packaged copy first, a source checkout second; in a zip file, too."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal


def resource_folder(name: Literal["config", "sql"]) -> Traversable:
    """Return the folder of shipped files with this name.

    Args:
        name: `config` or `sql`.

    Returns:
        The folder inside the installed package, or the one beside it in a source checkout.
    """
    package: Any = files("capgen")  # a path, or one within a zip file
    packaged: Traversable = package / "_shipped" / name
    return packaged if packaged.is_dir() else package.parent / name


def resource_files(folder: Traversable, ending: str) -> list[Traversable]:
    """Return the shipped files of a kind, sorted by name.

    Args:
        folder: that they lie in.
        ending: of their names.
    """
    found = (each for each in folder.iterdir() if each.name.endswith(ending))
    return sorted(found, key=lambda each: each.name)
