"""Compares a dataset, telemetry or a rollup with its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.metric_column import MetricColumn
from capgen.errors import CapgenError
from capgen.storage.inspection import Problem, problems
from capgen.storage.location import locate
from capgen.system.paths import StrPath
from capgen.words import counted

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Verification:
    """The comparison of a dataset, telemetry or a rollup with its manifest.

    Args:
        folder: the folder that was compared.
        files: number of data files in the manifest.
        cite: what to cite, if there are no problems.
        problems: files that are missing, altered or extra.
        made: how the files came to be: built, loaded or rolled up.
        remedy: what mends missing and altered files, if there are any.
        metrics: what the metrics' columns are; none where the manifest does not say it.
    """

    folder: Path
    files: int
    cite: str
    problems: tuple[Problem, ...]
    made: str
    remedy: str | None
    metrics: tuple[MetricColumn, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is missing, altered or extra."""
        return not self.problems

    def __repr__(self) -> str:
        return f"capgen verify of {self.folder}: {counted(self.files, 'file')}, {self._found()}"

    def _found(self) -> str:
        if self.passed:
            return f"all as {self.made}; cite: {self.cite}"
        shown = [f"{problem.kind} {problem.path}" for problem in self.problems[:_MOST_SHOWN]]
        if len(self.problems) > _MOST_SHOWN:
            shown.append(f"and {len(self.problems) - _MOST_SHOWN:,} more")
        return ", ".join(shown)


def verify(data: StrPath) -> Verification:
    """Compare every byte of a dataset, telemetry or a rollup with its manifest.

    Nothing may be missing, altered or extra.

    Args:
        data: the folder of the data.

    Returns:
        What to cite, and the problems found.

    Raises:
        RequestError: the folder is no dataset.
        OSError: a file cannot be read.
    """
    folder = locate(data)
    manifest = read_any_manifest(folder)
    found = tuple(problems(folder, manifest))
    is_damaged = any(problem.kind != "extra" for problem in found)
    return Verification(
        folder=folder,
        files=len(manifest.files),
        cite=manifest.citation,
        problems=found,
        made=manifest.made,
        remedy=manifest.remedy(folder) if is_damaged else None,
        metrics=_metrics(manifest),
    )


def _metrics(manifest: ManifestBase) -> tuple[MetricColumn, ...]:
    """Return what the metrics' columns are, as far as this version can tell."""
    try:
        return manifest.description().metrics
    except CapgenError:
        return ()
