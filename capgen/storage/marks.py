"""By what a folder is known as a dataset, or a rollup, of capgen's."""

from __future__ import annotations

from pathlib import Path

from capgen.errors import RequestError
from capgen.storage.layout import BUILD_STATE, MANIFEST, MANIFEST_SCHEMA, SIDE_FOLDER

# Any of these makes a folder ours: a dataset or rollup, one that has lost its manifest, or one that
# was begun.
_MARKS = (MANIFEST, MANIFEST_SCHEMA, BUILD_STATE, f"{SIDE_FOLDER}/staging/{BUILD_STATE}")


def is_dataset(folder: Path) -> bool:
    """Tell whether a folder is a complete dataset.

    Args:
        folder: any path.
    """
    return (folder / MANIFEST).exists()  # of a store, is_file takes every failure for a no


def dataset_around(place: Path) -> Path | None:
    """Return the innermost dataset or rollup that a place lies in: whole, damaged, or only begun.

    Args:
        place: an absolute path, links resolved, or one in a store.
    """
    return next((folder for folder in place.parents if _is_marked(folder)), None)


def check_outside(place: Path) -> None:
    """Check that a place lies in no dataset: nothing is written there but by its own commands.

    Args:
        place: an absolute path, links resolved, or one in a store.

    Raises:
        RequestError: it lies in one.
    """
    around = dataset_around(place)
    if around:
        raise RequestError(
            f"{place}: expected a place outside of the dataset {str(around)!r}, "
            "which holds nothing but what capgen "
            "made it of; name another"
        )


def _is_marked(folder: Path) -> bool:
    try:
        return any((folder / mark).exists() for mark in _MARKS)
    except PermissionError:  # of a store: what may not be seen there is not ours
        return False
