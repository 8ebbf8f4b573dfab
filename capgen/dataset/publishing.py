"""Makes a dataset appear whole, in one rename where the file system allows it."""

from __future__ import annotations

from capgen.dataset.manifest import Manifest, write_manifest
from capgen.errors import RequestError
from capgen.storage.files import remove_folder
from capgen.storage.inspection import data_files
from capgen.storage.layout import (
    BUILD_STATE,
    DATA_PATH,
    MANIFEST,
    RECEIPTS,
    SIDE_FILES,
    SIDE_FOLDER,
    Places,
    is_dataset,
    is_working_file,
)
from capgen.storage.output import check_outside
from capgen.system.disk import exchange, sync


def check_target(places: Places) -> None:
    """Check that a dataset may be built into a folder.

    Args:
        places: of the dataset.

    Raises:
        RequestError: a file is there, or a folder that capgen did not make, or it lies in a dataset.
    """
    target = places.target
    check_outside(target)
    if not target.name:
        raise RequestError(f"out: expected a folder with a name of its own, got {str(target)!r}")
    file = next((path for path in (target, *target.parents) if path.exists() and not path.is_dir()), None)
    if file:
        raise RequestError(f"out: expected a folder, got the file {str(file)!r}; name another with --out")
    ours = {SIDE_FOLDER} if places.inside else set()
    others = {entry.name for entry in target.iterdir()} - ours if target.is_dir() else set()
    is_foreign = (others and not _begun_inside(places)) or _holds_others(places)
    if is_foreign and not is_dataset(target):
        raise RequestError(
            f"out: expected an empty or new folder, got {str(target)!r}, which holds something that capgen did not "
            "make; name another with --out"
        )


def recover(places: Places) -> None:
    """Finish what a process was killed in the middle of: putting one dataset in the place of another.

    Args:
        places: of the dataset.
    """
    if is_dataset(places.replaced) and not places.target.exists():
        places.replaced.rename(places.target)
    _tidy(places)


def publish(places: Places, manifest: Manifest) -> None:
    """Put a finished build in the dataset's place.

    Args:
        places: of the dataset; all files of the manifest are staged.
        manifest: of the finished build.
    """
    if places.inside:
        _publish_inside(places, manifest)
        return
    write_manifest(places.staging, manifest)
    _take_place(places)
    sync(places.target.parent)
    _tidy(places)


def _tidy(places: Places) -> None:
    """Remove what a published dataset leaves behind."""
    for leftover in (BUILD_STATE, RECEIPTS):
        (places.target / leftover).unlink(missing_ok=True)
    if _holds_others(places):
        return
    published = places.inside and is_dataset(places.target) and not any(places.staging.rglob(f"*{places.suffix}"))
    if published or not (places.staging / BUILD_STATE).exists():  # after an exchange the version before lies there
        remove_folder(places.staging)
    remove_folder(places.replaced)


def _take_place(places: Places) -> None:
    if not is_dataset(places.target):
        places.target.parent.mkdir(parents=True, exist_ok=True)
        places.staging.rename(places.target)  # an empty folder may be there: POSIX replaces it
    elif not exchange(places.staging, places.target):
        places.target.rename(places.replaced)
        places.staging.rename(places.target)


def _publish_inside(places: Places, manifest: Manifest) -> None:
    """Move file by file, because the folder itself cannot be replaced; there is no manifest meanwhile."""
    target = places.target
    for path in (MANIFEST, *SIDE_FILES):
        (target / path).unlink(missing_ok=True)
    for path in manifest.paths:
        staged, final = places.staged_file(path), target / path
        if staged.exists():
            final.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(final)
            sync(final.parent)
    for stray in set(data_files(target)) - set(manifest.entries):
        if DATA_PATH.fullmatch(stray):  # else it is not ours
            (target / stray).unlink()
    write_manifest(target, manifest)
    remove_folder(places.staging)


def _holds_others(places: Places) -> bool:
    """Tell whether somebody put a file of their own among those of a build inside the dataset."""
    if not places.inside:
        return False
    files = (path for path in places.staging.rglob("*") if path.is_symlink() or not path.is_dir())
    return not all(is_working_file(str(path.relative_to(places.target))) for path in files)


def _begun_inside(places: Places) -> bool:
    return places.inside and (places.staging / BUILD_STATE).is_file()
