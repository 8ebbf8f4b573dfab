"""The files by which capgen recognises a folder as one of its datasets or rollups."""

from __future__ import annotations

from pathlib import Path

from capgen.errors import RequestError
from capgen.storage.layout import BUILD_STATE, MANIFEST, MANIFEST_SCHEMA, SIDE_FOLDER

# Any of these makes a folder ours: a dataset or rollup, even one that lost its manifest or was
# only begun.
_MARKS = (MANIFEST, MANIFEST_SCHEMA, BUILD_STATE, f"{SIDE_FOLDER}/staging/{BUILD_STATE}")


def is_dataset(folder: Path) -> bool:
    """Tell whether a folder is a complete dataset.

    Args:
        folder: any path.
    """
    return (folder / MANIFEST).exists()  # in a store, is_file returns False on every failure


def dataset_around(place: Path) -> Path | None:
    """Return the innermost dataset or rollup around a place: whole, damaged, or only begun.

    Args:
        place: an absolute path with links resolved, or one in a store.
    """
    return next((folder for folder in place.parents if _is_marked(folder)), None)


def check_outside(place: Path) -> None:
    """Check that a place lies in no dataset, where nothing else may be written.

    Args:
        place: an absolute path with links resolved, or one in a store.

    Raises:
        RequestError: the place lies in a dataset or rollup.
    """
    around = dataset_around(place)
    if around:
        raise RequestError(
            f"{place}: expected a place outside of the dataset {str(around)!r}, "
            "which holds nothing but what capgen made it of; name another"
        )


def _is_marked(folder: Path) -> bool:
    try:
        return any((folder / mark).exists() for mark in _MARKS)
    except PermissionError:  # from a store: what we may not see is not ours
        return False
