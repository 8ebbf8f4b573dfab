"""Where things lie: in a dataset's folder, and while it is being built."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from capgen.errors import CapgenError
from capgen.system.disk import may_rename
from capgen.system.paths import working_folder

# Readers glob **/*.parquet, hidden folders included: what lies here must never end so.
SIDE_FOLDER = "_capgen"
MANIFEST = f"{SIDE_FOLDER}/manifest.json"
MANIFEST_SCHEMA = f"{SIDE_FOLDER}/manifest.schema.json"
EVENTS = f"{SIDE_FOLDER}/events.ndjson"
SUMMARY = f"{SIDE_FOLDER}/summary.json"
SAMPLE = f"{SIDE_FOLDER}/sample.csv"
SIDE_FILES = (EVENTS, SUMMARY, SAMPLE, MANIFEST_SCHEMA)
BUILD_STATE = f"{SIDE_FOLDER}/build.json"
RECEIPTS = f"{SIDE_FOLDER}/receipts.ndjson"
_LONGEST_NAME = 255  # bytes, on most file systems
PARTITION_KEYS = ("year", "server_type")
# The end of a data file's path, from the folder of its year on; for Python and DuckDB alike.
PARTITION = r"(?:^|[/\\])year=([0-9]+)[/\\]server_type=([^/\\]*)[/\\][^/\\]+$"
# Any of these makes a folder ours: a dataset or rollup, one that has lost its manifest, or one that was begun.
_MARKS = (MANIFEST, MANIFEST_SCHEMA, BUILD_STATE, f"{SIDE_FOLDER}/staging/{BUILD_STATE}")


# A data file of any dataset or rollup; names of server types are made of these characters.
DATA_PATH = re.compile(r"year=\d{1,4}/server_type=[a-z][a-z0-9_]*/part-\d{5,}\.parquet")
_UNFINISHED = r"(\.[0-9a-f]{8}\.unfinished)?"
_WORKING = re.compile(
    rf"{SIDE_FOLDER}/(lock|held|rollup|build\.json|receipts\.ndjson|receipts/.+\.json)"
    rf"|{SIDE_FOLDER}/staging/(.+\.staged|{SIDE_FOLDER}/(build\.json|receipts\.ndjson)){_UNFINISHED}"
)


def is_working_file(path: str) -> bool:
    """Tell whether a file is one that a build keeps while it is under way, or interrupted.

    Args:
        path: relative to the dataset's folder.
    """
    return _WORKING.fullmatch(path) is not None


def part_path(year: int, archetype: str, part: int) -> str:
    """Return the path of a data file, relative to the dataset's folder.

    Args:
        year: calendar year.
        archetype: its name.
        part: number of the file within the partition, from 0.
    """
    return f"year={year}/server_type={archetype}/part-{part:05d}.parquet"


class Partition(NamedTuple):
    """What the rows of a data file have in common.

    Args:
        year: calendar year.
        server_type: name of the archetype.
    """

    year: int
    server_type: str


def is_in_partition(path: str) -> bool:
    """Tell whether a file lies in a folder of a year and a server type.

    Args:
        path: of the file, relative to the dataset's folder.
    """
    return re.search(PARTITION, path) is not None


def partition_of(path: str) -> Partition:
    """Return the partition that the two folders of a data file say.

    Args:
        path: of the file, relative to the dataset's folder.

    Raises:
        CapgenError: they say none.
    """
    found = re.search(PARTITION, path)
    if found is None:
        raise CapgenError(f"{path}: expected a file in folders of {' and '.join(PARTITION_KEYS)}")
    return Partition(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Places:
    """Where a build keeps what is not yet, or no longer, the dataset.

    Args:
        target: the dataset's folder, links resolved.
        staging: the next version of the dataset, while it is made.
        replaced: the version before, in the moment in which the next one takes its place.
        lock: held by the one process that writes.
        other_lock: held in its place by a process to which the target looks otherwise.
        suffix: what staged data files end in, after `.parquet`.
    """

    target: Path
    staging: Path
    replaced: Path
    lock: Path
    other_lock: Path
    suffix: str

    @classmethod
    def of(cls, target: Path) -> Places:
        """Return the places for a dataset: beside it, or inside it where it cannot be replaced.

        Args:
            target: the dataset's folder; it need not exist.
        """
        target = target.resolve()
        side = target / SIDE_FOLDER
        staging = side / "staging"
        lock_inside = side / "lock"
        lock_beside = name_beside(target, ".", ".capgen-lock")
        if staging.is_dir() or (target.is_dir() and not _is_replaceable(target)):
            return cls(target, staging, side / "replaced", lock_inside, lock_beside, ".staged")
        staging = name_beside(target, ".", ".capgen-staging")
        replaced = name_beside(target, ".", ".capgen-replaced")
        return cls(target, staging, replaced, lock_beside, lock_inside, "")

    @property
    def inside(self) -> bool:
        """Whether the build happens inside the target."""
        return bool(self.suffix)

    def staged_file(self, path: str) -> Path:
        """Return where a data file lies before it is published.

        Args:
            path: relative to the dataset's folder.
        """
        return self.staging / f"{path}{self.suffix}"

    def present_file(self, path: str) -> Path:
        """Return where a data file lies that is whole: staged, or published already.

        Args:
            path: relative to the dataset's folder.
        """
        staged = self.staged_file(path)
        return staged if staged.exists() else self.target / path


def name_beside(path: Path, before: str, after: str) -> Path:
    """Return a path in the same folder for what belongs to another.

    Args:
        path: the other.
        before: what the name begins with.
        after: what the name ends with; a digest stands for the rest where it would be too long.
    """
    name = f"{before}{path.name}{after}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = f"{before}{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]}{after}"
    return path.parent / name  # the root has no name of its own


def _is_replaceable(folder: Path) -> bool:
    """Tell whether another folder may take the place of one.

    A mount point has to stay, and the working folder should: who stands in it would stand in a removed one.
    """
    here = working_folder()
    is_around = here is not None and here.is_relative_to(folder)
    return not folder.is_mount() and not is_around and may_rename(folder)


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


def _is_marked(folder: Path) -> bool:
    try:
        return any((folder / mark).exists() for mark in _MARKS)
    except PermissionError:  # of a store: what may not be seen there is not ours
        return False
