"""Folders in which files are made before they move to their places."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.errors import RequestError
from capgen.storage.layout import BUILD_STATE
from capgen.storage.local.locking import one_writer
from capgen.storage.local.places import Places
from capgen.storage.local.removing import remove_folder


@contextmanager
def temporary_room() -> Iterator[Path]:
    """Yield a folder among the temporary files, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="capgen-") as folder:
        yield Path(folder)


@contextmanager
def local_room(target: Path) -> Iterator[Path]:
    """Yield a folder on the same file system as a path, for this process alone; removed afterwards.

    Args:
        target: the absolute local path of what is made in the folder.

    Raises:
        RequestError: an interrupted build has the same name.
        CapgenError: another process writes the target.
    """
    places = Places.of(target)
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(
            f"{target}: an interrupted build of that name is kept beside it; "
            "finish it, or name another"
        )
    with one_writer(places.lock, places.target):
        remove_folder(places.staging)  # a killed process may have left it
        places.staging.mkdir()
        try:
            yield places.staging
        finally:
            remove_folder(places.staging)
