"""What paths stand for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.errors import RequestError


def working_folder() -> Path | None:
    """Return the folder that relative paths begin in; None where it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None


def local_path(text: str | os.PathLike[str]) -> Path:
    """Return the path of this machine that a name stands for, `~` being the user's home.

    Args:
        text: as given.

    Raises:
        RequestError: it is empty, not UTF-8, or begins with a home or a working folder that is not there.
    """
    name = os.fspath(text)
    if not name:
        raise RequestError("expected the name of a folder or file, got an empty one")
    if any(
        "\ud800" <= each <= "\udfff" for each in name
    ):  # bytes that are no text: DuckDB takes none
        raise RequestError(f"expected a name in UTF-8, got {os.fsencode(name)!r}")
    try:
        path = Path(name).expanduser() if name.startswith("~") else Path(name)
    except RuntimeError:
        raise RequestError(
            f"{name}: expected a user who has a home, found none; write ./{name} for a folder of that name"
        ) from None
    here = working_folder()
    if here is None and not path.is_absolute():
        raise RequestError(
            f"{name}: the working folder was deleted; go to another, or name a path from the root on"
        )
    return Path(here or "", path) if str(path).startswith("~") else path


@contextmanager
def some_home() -> Iterator[None]:
    """Give a user without a home the folder for temporary files as one."""
    if os.path.expanduser("~") != "~":  # noqa: PTH111
        yield
        return
    os.environ["HOME"] = tempfile.gettempdir()
    try:
        yield
    finally:
        del os.environ["HOME"]
