"""The paths of a build's files before publication: beside the dataset's folder or inside it."""

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
    """The paths of what is not yet, or no longer, the dataset.

    Args:
        target: the dataset's folder, links resolved.
        staging: folder of the next version, while it is made.
        replaced: folder of the last version, while the next one takes its place.
        lock: the lock of the one process that writes.
        other_lock: the lock of a process that builds in the other way, beside or inside.
        suffix: what the names of staged data files have after `.parquet`.
    """

    target: Path
    staging: Path
    replaced: Path
    lock: Path
    other_lock: Path
    suffix: str

    @classmethod
    def of(cls, target: Path) -> Places:
        """Return the places beside a dataset, or inside if its folder cannot be replaced.

        Args:
            target: the dataset's folder, which need not exist.
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
        """Whether the build happens inside the dataset's folder."""
        return bool(self.suffix)

    def staged_file(self, path: str) -> Path:
        """Return where a data file lies before it is published.

        Args:
            path: the file's path, relative to the dataset's folder.
        """
        return self.staging / f"{path}{self.suffix}"

    def present_file(self, path: str) -> Path:
        """Return where a complete data file lies: staged, or published already.

        Args:
            path: the file's path, relative to the dataset's folder.
        """
        staged = self.staged_file(path)
        return staged if staged.exists() else self.target / path


def name_beside(path: Path, before: str, after: str) -> Path:
    """Return a path beside another, for what belongs to it.

    Args:
        path: the other path.
        before: what to put before its name.
        after: what to put after its name.

    Returns:
        The path, with a digest in place of a name that would be too long.
    """
    name = f"{before}{path.name}{after}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = f"{before}{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]}{after}"
    return path.parent / name  # not with_name: the root has no name


def _is_replaceable(folder: Path) -> bool:
    """Tell whether another folder may take the place of this one.

    A mount point must stay. So should the working folder: a shell in it would be in a removed one.
    """
    here = working_folder()
    is_around = here is not None and here.is_relative_to(folder)
    return not folder.is_mount() and not is_around and may_rename(folder)
