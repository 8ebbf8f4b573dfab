"""Finds the files that ship with capgen: the packaged copy first, a source checkout second."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def resource_folder(name: Literal["config", "sql"]) -> Path:
    """Return the folder of shipped files with this name.

    Args:
        name: `config` or `sql`.

    Returns:
        The folder inside the installed package, or the one beside it in a source checkout.
    """
    packaged = _PACKAGE / "_shipped" / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
