"""Where a rollup goes: whether it may, and how it appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.dataset.publishing import check_target
from capgen.errors import RequestError
from capgen.storage.files import remove_folder
from capgen.storage.layout import BUILD_STATE, MANIFEST, SIDE_FOLDER, Places
from capgen.storage.location import is_store
from capgen.storage.locking import one_writer
from capgen.storage.objects import Objects
from capgen.storage.output import check_outside
from capgen.storage.store_errors import plain_errors
from capgen.storage.store_locking import LOCK, one_store_writer
from capgen.system.disk import sync

_SPILLED = "spilled"
_BEGUN = f"{SIDE_FOLDER}/rollup"  # in a store: what is there is of a rollup that was not finished


@contextmanager
def rollup_target(target: Path) -> Iterator[tuple[Path, Path]]:
    """Give a folder to write a rollup into; it is the target's when the block ends well, else gone.

    Args:
        target: an absolute path, or one in a store.

    Yields:
        The folder, into which the manifest is to be written last; and one for what does not fit into memory.

    Raises:
        RequestError: the target cannot be written into.
        CapgenError: another process writes it.
    """
    with plain_errors(target):
        check_outside(target)
        with _in_store(target) if is_store(target) else _beside(Places.of(target)) as folders:
            yield folders


@contextmanager
def _beside(places: Places) -> Iterator[tuple[Path, Path]]:
    _check_folder(places)
    with one_writer(places.lock, places.target):
        remove_folder(places.staging)  # of a rollup that was killed
        places.staging.mkdir()
        try:
            yield places.staging, places.staging / _SPILLED
            shutil.rmtree(places.staging / _SPILLED, ignore_errors=True)
            places.staging.rename(places.target)  # an empty folder may be there: POSIX replaces it
            sync(places.target.parent)
        finally:
            remove_folder(places.staging)


@contextmanager
def _in_store(target: Path) -> Iterator[tuple[Path, Path]]:
    objects = Objects(target)
    present = objects.all()
    if MANIFEST in present or (_BEGUN not in present and present.keys() - {LOCK}):
        raise RequestError(f"out: expected an empty or new place, got {str(target)!r}, which holds something")
    with one_store_writer(objects, target), tempfile.TemporaryDirectory(prefix="capgen-") as spilled:
        _clear(objects)
        objects.write({_BEGUN: b"begun"})
        try:
            yield target, Path(spilled)
        except BaseException:
            _clear(objects)
            raise
        objects.remove([_BEGUN])


def _clear(objects: Objects) -> None:
    objects.sweep()
    objects.remove(objects.all().keys() - {LOCK})


def _check_folder(places: Places) -> None:
    target = places.target
    if target.is_dir() and any(target.iterdir()):
        raise RequestError(f"out: expected an empty or new folder, got {str(target)!r}, which holds something")
    check_target(places)
    if places.inside:
        raise RequestError(
            f"out: expected a folder that can be renamed, got {str(target)!r}: a mount point, "
            "the working folder, or below a folder that cannot be written"
        )
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(f"out: an interrupted build is kept beside {str(target)!r}; finish it, or name another")
