"""Compares a dataset, or a rollup, with its manifest."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from capgen.dataset.rollup_manifest import RollupManifest, read_either_manifest
from capgen.storage.inspection import Problem, problems
from capgen.storage.location import locate

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Verification:
    """How a dataset, or a rollup, compares with its manifest.

    Args:
        folder: where it lies.
        files: number of data files that it should have.
        cite: what to cite where all is as built.
        problems: files that are missing, altered or extra.
        is_rollup: whether it is a rollup, which is not repaired but made anew.
    """

    folder: Path
    files: int
    cite: str
    problems: tuple[Problem, ...]
    is_rollup: bool

    @property
    def passed(self) -> bool:
        """Whether nothing is missing, altered or extra."""
        return not self.problems

    def __repr__(self) -> str:
        shown = ", ".join(f"{each.kind} {each.path}" for each in self.problems[:_MOST_SHOWN])
        more = len(self.problems) - _MOST_SHOWN
        found = (
            f"{shown}, and {more:,} more"
            if more > 0
            else shown or f"all as built; cite: {self.cite}"
        )
        return f"capgen verify of {self.folder}: {self.files:,} files, {found}"


def verify(data: str | os.PathLike[str]) -> Verification:
    """Compare every byte of a dataset or rollup with its manifest.

    Nothing may be missing, altered or extra.

    Args:
        data: its folder.

    Returns:
        What to cite, and what is not as built.

    Raises:
        RequestError: the folder is neither.
        OSError: a file cannot be read.
    """
    folder = locate(data)
    manifest = read_either_manifest(folder)
    return Verification(
        folder=folder,
        files=len(manifest.files),
        cite=manifest.citation,
        problems=tuple(problems(folder, manifest)),
        is_rollup=isinstance(manifest, RollupManifest),
    )
