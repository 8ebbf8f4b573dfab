"""Makes a dataset appear whole, in one rename if the file system allows it."""

from __future__ import annotations

from capgen.storage.entries import Inventory
from capgen.storage.files import write_whole
from capgen.storage.layout import BUILD_STATE, DATA_PATH, MANIFEST, RECEIPTS, SIDE_FILES
from capgen.storage.local.file import take_place
from capgen.storage.local.folder import LocalFolder
from capgen.storage.local.places import Places
from capgen.storage.local.removing import remove_folder
from capgen.storage.local.target import holds_others
from capgen.storage.marks import is_dataset
from capgen.system.disk import exchange, sync


def recover(places: Places) -> None:
    """Finish the exchange of one dataset for another, in which a process was killed.

    Args:
        places: the dataset's places.
    """
    if is_dataset(places.replaced) and not places.target.exists():
        places.replaced.rename(places.target)
    _tidy(places)


def publish(places: Places, manifest: Inventory) -> None:
    """Put a finished build in the dataset's place.

    Args:
        places: the dataset's places; all files of the manifest are staged.
        manifest: the manifest of the finished build.
    """
    if places.inside:
        _publish_inside(places, manifest)
        return
    write_whole(places.staging / MANIFEST, manifest.text)
    _exchange(places)
    _tidy(places)


def _tidy(places: Places) -> None:
    """Remove what a published dataset leaves behind."""
    for leftover in (BUILD_STATE, RECEIPTS):
        (places.target / leftover).unlink(missing_ok=True)
    if holds_others(places):
        return
    # After an exchange the last version lies there, which has no build state.
    if not (places.staging / BUILD_STATE).exists() or _is_published_inside(places):
        remove_folder(places.staging)
    remove_folder(places.replaced)


def _is_published_inside(places: Places) -> bool:
    if not places.inside or not is_dataset(places.target):
        return False
    return not any(places.staging.rglob(f"*{places.suffix}"))


def _exchange(places: Places) -> None:
    if not is_dataset(places.target):
        places.target.parent.mkdir(parents=True, exist_ok=True)
    elif exchange(places.staging, places.target):
        sync(places.target.parent)
        return
    else:
        places.target.rename(places.replaced)
    take_place(places.staging, places.target)


def _publish_inside(places: Places, manifest: Inventory) -> None:
    """Move file by file: the folder itself cannot be replaced. There is no manifest meanwhile."""
    target = places.target
    for path in (MANIFEST, *SIDE_FILES):
        (target / path).unlink(missing_ok=True)
    for path in manifest.paths:
        staged = places.staged_file(path)
        final = target / path
        if staged.exists():
            final.parent.mkdir(parents=True, exist_ok=True)
            take_place(staged, final)
    for stray in set(LocalFolder(target).names()) - set(manifest.paths):
        if DATA_PATH.fullmatch(stray):  # all others are not ours
            (target / stray).unlink()
    write_whole(target / MANIFEST, manifest.text)
    remove_folder(places.staging)
