"""Folders to make something in, before it goes to its place."""

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
    """Give a folder among the temporary files; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="capgen-") as folder:
        yield Path(folder)


@contextmanager
def local_room(target: Path) -> Iterator[Path]:
    """Give a folder on the file system of a place, which nobody else writes to.

    It is gone afterwards.

    Args:
        target: where goes what is made in it; an absolute path of this machine.

    Raises:
        RequestError: a build of that name was interrupted.
        CapgenError: another process writes the target.
    """
    places = Places.of(target)
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(
            f"{target}: an interrupted build of that name is kept beside it; finish it, "
            "or name another"
        )
    with one_writer(places.lock, places.target):
        remove_folder(places.staging)  # of a process that was killed
        places.staging.mkdir()
        try:
            yield places.staging
        finally:
            remove_folder(places.staging)
