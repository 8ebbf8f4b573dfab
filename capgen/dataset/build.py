"""Builds a dataset: continues what was begun, extends what is there, publishes it whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capgen.config import Config, config_digest
from capgen.config.holiday_days import contradictions, with_days
from capgen.config.storage import full_name
from capgen.dataset.content import as_text
from capgen.dataset.differences import differences, differing_keys
from capgen.dataset.files import hashed_file
from capgen.dataset.kept_days import check_same_days, kept_days
from capgen.dataset.layout import is_dataset
from capgen.dataset.location import locate
from capgen.dataset.manifest import FileEntry, Manifest, config_values, manifest_of, read_manifest
from capgen.dataset.place import Place, place_of, take_up
from capgen.dataset.plan import FilePlan, plan_files
from capgen.dataset.side_files import write_side_files
from capgen.dataset.sizes import Sizes, choose_sizes
from capgen.dataset.verify import damaged_files, extra_files
from capgen.dataset.writing import write_row_groups
from capgen.errors import CapgenError, RequestError
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel
from capgen.version import __version__

OnRows = Callable[[int], None]
# Writes files of a configuration, each to the path that a function gives for it; yields them as they are whole.
Engine = Callable[[Config, Sequence[FilePlan], Callable[[str], Path], OnRows], Iterator[FileEntry]]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build wrote.

    Args:
        out: the dataset's folder.
        rows: number of rows.
        files: number of data files.
        bytes: size of the data files.
        kept_files: how many of the files were whole before.
        seconds: wall time.
    """

    out: Path
    rows: int
    files: int
    bytes: int
    kept_files: int
    seconds: float


def build_dataset(
    config: Config,
    out: str | os.PathLike[str] | None,
    engine: Engine,
    *,
    memory: int | None,
    file_bytes: int | None,
    overwrite: bool,
    on_rows: OnRows,
) -> BuildResult:
    """Build a dataset with an engine.

    Args:
        config: a valid configuration.
        out: the dataset's folder; the configuration's `out` without one.
        engine: writes the files.
        memory: bytes that one worker must fit into.
        file_bytes: size of a file to aim at.
        overwrite: replace a dataset of another configuration, or discard a build of it that was begun.
        on_rows: called with numbers of rows as they are written, from any thread.

    Returns:
        What was written.

    Raises:
        RequestError: the folder cannot be built into; nothing was written.
        CapgenError: another process writes it, or the dataset that is there is damaged.
    """
    started = time.monotonic()
    place = place_of(locate(full_name(config, out)))
    place.check()
    with place.one_writer():
        place.recover()
        present = read_manifest(place.target) if is_dataset(place.target) else None
        config = with_days(config, None if overwrite else kept_days(place, present))
        sizes = choose_sizes(config, memory, file_bytes, present.sizes if present and not overwrite else None)
        if present and _is_complete(present, config, sizes):
            _check_undamaged(place.target, present)
            return _result(place.target, present, len(present.files), started)
        if present:
            _check_nothing_is_lost(place.target, present)
        if present and not overwrite:
            check_same_days(place.target, present, config)
            _check_extends(place.target, present, _wanted(config, sizes))
        manifest, kept = _make(config, sizes, place, present, engine, overwrite=overwrite, on_rows=on_rows)
        place.publish(manifest)
    return _result(place.target, manifest, kept, started)


def write_file(panel: Panel, file: FilePlan, path: Path, on_chunk: Callable[[Chunk], None]) -> FileEntry:
    """Write one data file, whole or not at all.

    Args:
        panel: the panel that its chunks belong to.
        file: what to write.
        path: where.
        on_chunk: called after each chunk; what it raises ends the writing.

    Returns:
        The file as the manifest names it.
    """
    with hashed_file(path) as target:
        digest = write_row_groups(panel, file.row_groups, target, on_chunk)
    return FileEntry(
        path=file.path,
        rows=file.rows,
        bytes=target.bytes,
        sha256=target.sha256,
        content_digest=as_text(digest),
        first_timestamp=panel.axis.timestamp(file.span.first),
        last_timestamp=panel.axis.timestamp(file.span.stop - 1),
    )


def _make(
    config: Config,
    sizes: Sizes,
    place: Place,
    present: Manifest | None,
    engine: Engine,
    *,
    overwrite: bool,
    on_rows: OnRows,
) -> tuple[Manifest, int]:
    """Stage all files of a dataset; return its manifest and how many files were whole before."""
    whole = take_up(place, config, sizes, discard_other=overwrite)
    files = list(plan_files(config, sizes))
    unchanged = _unchanged(present, config, files) if present else []
    adopted = [entry for entry in unchanged if entry.path not in whole]
    place.adopt(adopted)
    whole |= {entry.path: entry for entry in adopted}
    on_rows(sum(entry.rows for entry in whole.values()))
    missing = [file for file in files if file.path not in whole]
    for entry in engine(config, missing, place.staged_file, on_rows):
        place.record(entry)
        whole[entry.path] = entry
    side_files = write_side_files(config, whole.values(), place.present_file, place.staged_file)
    return manifest_of(config, sizes, whole.values(), side_files), len(files) - len(missing)


def _unchanged(present: Manifest, config: Config, files: list[FilePlan]) -> list[FileEntry]:
    """Return the files of a dataset that would be written again just as they are."""
    if present.capgen_version != __version__ or present.config_digest != config_digest(config):
        return []
    if contradictions(present.holiday_days, config):
        return []
    before = set(plan_files(present.load_config(), present.sizes))
    return [present.entries[file.path] for file in files if file in before]


def _check_undamaged(folder: Path, manifest: Manifest) -> None:
    problem = next(damaged_files(folder, manifest, read=False), None)
    if problem:
        raise CapgenError(f"{problem.path}: {problem.kind}, {problem.detail}; mend it with: capgen repair {folder}")


def _check_nothing_is_lost(folder: Path, present: Manifest) -> None:
    """A dataset is replaced with its whole folder: refuse where somebody put a file of their own into it."""
    extra = next(extra_files(folder, present), None)
    if extra:
        raise RequestError(
            f"out: {str(folder)!r} holds {extra.path!r}, which capgen did not write and would delete; "
            "move it away first"
        )


def _identity(present: Manifest) -> dict[str, Any]:
    """Return what a dataset's files follow from."""
    return {"capgen_version": present.capgen_version, "sizes": present.sizes.model_dump(), **present.config}


def _wanted(config: Config, sizes: Sizes) -> dict[str, Any]:
    """Return what the files of a build follow from."""
    return {"capgen_version": __version__, "sizes": sizes.model_dump(), **config_values(config)}


def _is_complete(present: Manifest, config: Config, sizes: Sizes) -> bool:
    is_same = _identity(present) == _wanted(config, sizes)
    return is_same and not contradictions(present.holiday_days, config)


def _check_extends(folder: Path, present: Manifest, wanted: dict[str, Any]) -> None:
    """Allow a later end date, and nothing else, without --overwrite."""
    before = _identity(present)
    keys = {key for key, _, _ in differences(before, wanted)}
    if keys != {"end_date"} or wanted["end_date"] < before["end_date"]:
        raise RequestError(
            f"out: {str(folder)!r} holds a dataset of another configuration ({differing_keys(before, wanted)}); "
            "add --overwrite to replace it"
        )


def _result(target: Path, manifest: Manifest, kept: int, started: float) -> BuildResult:
    return BuildResult(
        out=target,
        rows=manifest.rows,
        files=len(manifest.files),
        bytes=sum(entry.bytes for entry in manifest.files),
        kept_files=kept,
        seconds=time.monotonic() - started,
    )
