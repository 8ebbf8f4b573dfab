"""Finds the files that ship with capgen: in the package, also zipped, or in a source checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal


def resource_folder(name: Literal["config", "sql"]) -> Traversable:
    """Return a folder of shipped files.

    Args:
        name: the folder's name.

    Returns:
        The folder inside the installed package, or the one beside it in a source checkout.
    """
    package: Any = files("capgen")  # a path, or one within a zip file
    packaged: Traversable = package / "_shipped" / name
    return packaged if packaged.is_dir() else package.parent / name


def resource_files(folder: Traversable, ending: str) -> list[Traversable]:
    """Return the shipped files of a kind, sorted by name.

    Args:
        folder: the folder to look in, not below it.
        ending: how the names of these files end, such as `.sql`.
    """
    found = (file for file in folder.iterdir() if file.name.endswith(ending))
    return sorted(found, key=lambda file: file.name)


def shipped_pages() -> dict[str, Traversable]:
    """Return the pages of the documentation that ship with the package, by what they describe."""
    package: Any = files("capgen")
    folders: dict[str, Traversable] = {
        "config": resource_folder("config"),
        "sql": resource_folder("sql"),
        **{
            room: package / room
            for room in (
                "layers",
                "dataset",
                "handover",
                "quality",
                "engines",
                "telemetry",
                "scores",
            )
        },
        "compare": package / "twins" / "compare",
    }
    return {name: folder / "README.md" for name, folder in folders.items()}
