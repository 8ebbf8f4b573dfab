"""Checks whether a dataset may be built into a local folder."""

from __future__ import annotations

from capgen.errors import RequestError
from capgen.storage.layout import BUILD_STATE, SIDE_FOLDER, is_working_file
from capgen.storage.local.places import Places
from capgen.storage.marks import check_outside, is_dataset


def check_target(places: Places) -> None:
    """Check that a dataset may be built into a folder.

    Args:
        places: the dataset's places.

    Raises:
        RequestError: a file is there, or a folder that capgen did not make, or the folder lies in
            a dataset.
    """
    target = places.target
    check_outside(target)
    if not target.name:
        raise RequestError(f"out: expected a folder with a name, got {str(target)!r}")
    for path in (target, *target.parents):
        if path.exists() and not path.is_dir():
            raise RequestError(
                f"out: expected a folder, got the file {str(path)!r}; name another with --out"
            )
    ours = {SIDE_FOLDER} if places.inside else set()
    others = {entry.name for entry in target.iterdir()} - ours if target.is_dir() else set()
    is_foreign = (others and not _begun_inside(places)) or holds_others(places)
    if is_foreign and not is_dataset(target):
        raise RequestError(
            f"out: expected an empty or new folder, got {str(target)!r}, which holds something "
            "that capgen did not make; name another with --out"
        )


def check_is_new(places: Places) -> None:
    """Check that a new folder may appear here in one step.

    Args:
        places: the folder's places.

    Raises:
        RequestError: something is there or was begun, or no folder can take its place.
    """
    target = places.target
    if target.is_dir() and any(target.iterdir()):
        raise RequestError(
            f"out: expected an empty or new folder, got {str(target)!r}, which holds something"
        )
    check_target(places)
    if places.inside:
        raise RequestError(
            f"out: expected a folder that can be renamed, got {str(target)!r}: a mount point, "
            "the working folder, or below a folder that cannot be written"
        )
    if (places.staging / BUILD_STATE).is_file():
        raise RequestError(
            f"out: an interrupted build is kept beside {str(target)!r}; finish it, or name another"
        )


def holds_others(places: Places) -> bool:
    """Tell whether a build inside the dataset contains files that capgen did not make.

    Args:
        places: the dataset's places.
    """
    if not places.inside:
        return False
    files = (path for path in places.staging.rglob("*") if path.is_symlink() or not path.is_dir())
    return not all(is_working_file(str(path.relative_to(places.target))) for path in files)


def _begun_inside(places: Places) -> bool:
    return places.inside and (places.staging / BUILD_STATE).is_file()
