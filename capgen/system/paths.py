"""Turns what a user writes into a path of this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.errors import RequestError

StrPath = str | os.PathLike[str]  # as users name a file, a folder or an address


def working_folder() -> Path | None:
    """Return the folder where relative paths begin; None where it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None


def local_path(text: StrPath) -> Path:
    """Return the local path that a name stands for, where `~` is the user's home.

    Args:
        text: the name as the user wrote it.

    Raises:
        RequestError: the name is empty or not UTF-8, or the home or working folder that it begins
            with does not exist.
    """
    name = os.fspath(text)
    if not name:
        raise RequestError("expected the name of a folder or file, got an empty one")
    # Python keeps bytes that are no text as surrogates; DuckDB accepts none.
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        raise RequestError(f"expected a name in UTF-8, got {os.fsencode(name)!r}")
    try:
        path = Path(name).expanduser() if name.startswith("~") else Path(name)
    except RuntimeError:
        raise RequestError(
            f"{name}: expected a user who has a home, found none; "
            f"write ./{name} for a folder of that name"
        ) from None
    here = working_folder()
    if here is None and not path.is_absolute():
        raise RequestError(
            f"{name}: the working folder was deleted; go to another, or write an absolute path"
        )
    return Path(here or "", path) if str(path).startswith("~") else path


@contextmanager
def some_home() -> Iterator[None]:
    """Use the folder for temporary files as the home of a user who has none."""
    if os.path.expanduser("~") != "~":  # noqa: PTH111
        yield
        return
    os.environ["HOME"] = tempfile.gettempdir()
    try:
        yield
    finally:
        del os.environ["HOME"]
