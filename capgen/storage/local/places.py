"""Where a build keeps what is not yet the dataset: beside its folder, or inside it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from capgen.storage.layout import SIDE_FOLDER
from capgen.system.disk import may_rename
from capgen.system.paths import working_folder

_LONGEST_NAME = 255  # bytes, on most file systems


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

    A mount point has to stay, and the working folder should: who stands in it would stand in a
    removed one.
    """
    here = working_folder()
    is_around = here is not None and here.is_relative_to(folder)
    return not folder.is_mount() and not is_around and may_rename(folder)
