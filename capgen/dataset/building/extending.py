"""Decides which files of an existing dataset a build keeps, which it writes anew, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from capgen.config import Config, config_digest
from capgen.config.holiday_days import contradictions
from capgen.config.merging import KeySource
from capgen.dataset.config_values import config_values
from capgen.dataset.differences import differences, differing_keys
from capgen.dataset.manifest import Manifest
from capgen.dataset.plan import FilePlan, plan_files
from capgen.dataset.sizes import Sizes
from capgen.errors import RequestError
from capgen.storage.entries import FileEntry
from capgen.storage.inspection import damaged_files
from capgen.version import __version__
from capgen.words import counted

_WINDOW_GROWTH = "growth.trend: window spreads growth over the whole window"


def extended_config(present: Manifest, end_date: date | str) -> Config:
    """Return the configuration of a dataset with a later end.

    Args:
        present: the dataset's manifest.
        end_date: the new last day.

    Raises:
        RequestError: the text is no day, or the day lies before the present end.
    """
    config = present.resolve([KeySource("--end-date", {"end_date": str(end_date)})]).config
    end = present.last_timestamp.date()
    if config.end_date < end:
        raise RequestError(
            f"end_date: expected a day after {end}, the dataset's last, got {config.end_date}"
        )
    return config


def is_same(present: Manifest, config: Config, sizes: Sizes) -> bool:
    """Tell whether a build would write exactly the existing dataset.

    Args:
        present: the existing dataset's manifest.
        config: the configuration to build.
        sizes: the most rows of a file and of a row group.
    """
    is_same_configuration = _identity(present) == _wanted(config, sizes)
    return is_same_configuration and not contradictions(present.holiday_days, config)


def check_extends(
    folder: Path, present: Manifest, config: Config, sizes: Sizes, *, rewrite_past: bool
) -> None:
    """Check that a build only adds to a dataset: its end date is later, and nothing else differs.

    Args:
        folder: the dataset's folder.
        present: the dataset's manifest.
        config: the configuration to build.
        sizes: the most rows of a file and of a row group.
        rewrite_past: allow present values to change.

    Raises:
        RequestError: something else differs, or present values would change.
    """
    before = _identity(present)
    wanted = _wanted(config, sizes)
    keys = {key for key, _, _ in differences(before, wanted)}
    if keys != {"end_date"} or wanted["end_date"] < before["end_date"]:
        raise RequestError(
            f"out: {str(folder)!r} holds a dataset of another configuration "
            f"({differing_keys(before, wanted)}); add --overwrite to replace it"
        )
    if _past_changes(present, config) and not rewrite_past:
        raise RequestError(
            f"out: {str(folder)!r} ends on {before['end_date']}, and a later end_date changes its "
            f"past values, because {_WINDOW_GROWTH}; add --rewrite-past to rewrite all of it, or "
            "build it once more with --set growth.trend=monthly --overwrite, so that its past stays"
        )


def unchanged_files(
    folder: Path,
    present: Manifest,
    config: Config,
    files: Iterable[FilePlan],
    on_note: Callable[[str], None],
) -> list[FileEntry]:
    """Return the files of a dataset that a build would write again without a change.

    Args:
        folder: the dataset's folder.
        present: the dataset's manifest.
        config: the configuration to build.
        files: the files of the build.
        on_note: called with a line for each of these files that is missing or cut short.
    """
    if present.capgen_version != __version__ or _past_changes(present, config):
        return []
    before = set(plan_files(present.load_config(), present.sizes))
    unchanged = {file.path: present.entries[file.path] for file in files if file in before}
    for problem in damaged_files(folder, present, read=False):
        if unchanged.pop(problem.path, None):
            on_note(f"{folder}: makes {problem.path} again: {problem.kind}, {problem.detail}")
    return list(unchanged.values())


def outlook(
    folder: Path,
    present: Manifest,
    config: Config,
    sizes: Sizes,
    files: Sequence[FilePlan],
    kept: Sequence[FileEntry],
) -> str:
    """Say in a line what a build will change in an existing dataset.

    Args:
        folder: the dataset's folder.
        present: the dataset's manifest.
        config: the configuration to build.
        sizes: the most rows of a file and of a row group.
        files: the files of the build.
        kept: the files that the build takes over unchanged.
    """
    paths = {file.path for file in files}
    before = set(present.entries)
    counts = {
        "keeps": len(kept),
        "rewrites": len(paths & before) - len(kept),
        "adds": len(paths - before),
        "removes": len(before - paths),
    }
    deeds = ", ".join(f"{deed} {count:,}" for deed, count in counts.items() if count)
    reason = _reason(present, config, sizes, counts["rewrites"])
    return f"{folder} holds {counted(len(before), 'file')}; this build {deeds}: {reason}"


def _reason(present: Manifest, config: Config, sizes: Sizes, rewritten: int) -> str:
    if others := contradictions(present.holiday_days, config):
        return f"it has other holidays of {', '.join(others)}"
    before = _identity(present)
    wanted = _wanted(config, sizes)
    if {key for key, _, _ in differences(before, wanted)} != {"end_date"}:
        return f"it is of another configuration ({differing_keys(before, wanted)})"
    if _past_changes(present, config):
        return f"past values change, because {_WINDOW_GROWTH}"
    longer = "; files whose year goes on are written anew" if rewritten else ""
    return (
        f"the end is {wanted['end_date']}, no longer {before['end_date']}; past values stay{longer}"
    )


def _past_changes(present: Manifest, config: Config) -> bool:
    """Tell whether a server's values would differ at the same time."""
    is_other_model = present.config_digest != config_digest(config)
    return is_other_model or bool(contradictions(present.holiday_days, config))


def _identity(present: Manifest) -> dict[str, Any]:
    """Return what determines a dataset's files."""
    return {
        "capgen_version": present.capgen_version,
        "sizes": present.sizes.model_dump(),
        **present.config,
    }


def _wanted(config: Config, sizes: Sizes) -> dict[str, Any]:
    """Return what determines the files of a build."""
    return {"capgen_version": __version__, "sizes": sizes.model_dump(), **config_values(config)}
