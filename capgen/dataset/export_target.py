"""Where an export goes: whether it may, and a folder to make it in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.dataset.export_formats import DELTA
from capgen.dataset.layout import BUILD_STATE, Places, is_dataset
from capgen.dataset.location import is_store
from capgen.dataset.locking import one_writer
from capgen.errors import RequestError

_DELTA_LOG = "_delta_log"


def check_target(target: Path, kind: str, *, overwrite: bool) -> None:
    """Check that an export may be written to a place.

    Args:
        target: an absolute path, or one in a store.
        kind: of the export.
        overwrite: whether it may replace what is there.

    Raises:
        RequestError: it may not.
    """
    around = next((each for each in (target, *target.parents) if is_dataset(each)), None)
    if around:
        raise RequestError(
            f"{target}: expected a place outside of the dataset {str(around)!r}, whose readers would take the export "
            "for a part of it"
        )
    if kind == DELTA:
        _check_delta_folder(target)
        taken = is_delta_table(target)
    else:
        taken = target.exists()
        if target.is_dir():
            raise RequestError(f"{target}: expected the name of a file, got a folder")
    if taken and not overwrite:
        raise RequestError(f"{target}: is there already; add --overwrite to replace it, or name another")


@contextmanager
def room_for(target: Path) -> Iterator[Path]:
    """Give a folder to make an export in; it is gone afterwards.

    Args:
        target: as in `check_target`.

    Yields:
        A folder on the target's file system, which nobody else writes to; for a store, one for temporary files.

    Raises:
        RequestError: a build of that name was interrupted.
        CapgenError: another process writes the target.
    """
    if is_store(target):
        with tempfile.TemporaryDirectory(prefix="capgen-") as folder:
            yield Path(folder)
        return
    places = Places.of(target)
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(f"{target}: an interrupted build of that name is kept beside it; finish it, or name another")
    with one_writer(places.lock, places.target):
        shutil.rmtree(places.staging, ignore_errors=True)  # of a process that was killed
        places.staging.mkdir()
        try:
            yield places.staging
        finally:
            shutil.rmtree(places.staging, ignore_errors=True)


def is_delta_table(folder: Path) -> bool:
    """Tell whether a folder is a Delta table.

    Args:
        folder: any path.
    """
    return (folder / _DELTA_LOG).is_dir()


def _check_delta_folder(target: Path) -> None:
    if is_store(target):
        raise RequestError(f"delta: expected a folder, got {target}; export there, and copy the table")
    if target.exists() and not target.is_dir():
        raise RequestError(f"{target}: expected a folder, got a file")
    if target.is_dir() and any(target.iterdir()) and not is_delta_table(target):
        raise RequestError(f"{target}: expected a new folder or a Delta table, got a folder with something else in it")
    if Places.of(target).inside:
        raise RequestError(f"{target}: expected a folder that is neither a mount point nor the working folder")
