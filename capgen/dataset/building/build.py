"""Builds a dataset, from an interrupted build or an earlier dataset if possible."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from capgen.config import Config
from capgen.config.holiday_days import with_days
from capgen.config.resolved_days import HolidayDays
from capgen.config.storage import full_name
from capgen.dataset.building.extending import check_extends, is_same, outlook, unchanged_files
from capgen.dataset.building.kept_days import check_same_days, kept_days, other_library
from capgen.dataset.building.resuming import state_of, take_up
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.manifest_making import manifest_of
from capgen.dataset.plan import FilePlan, plan_files
from capgen.dataset.side_files import write_side_files
from capgen.dataset.sizes import Sizes, choose_sizes
from capgen.errors import CapgenError, RequestError
from capgen.panel.unseen import refuse_unseen
from capgen.storage.entries import FileEntry
from capgen.storage.inspection import damaged_files, extra_files
from capgen.storage.location import locate
from capgen.storage.marks import is_dataset
from capgen.storage.place import Place, place_of
from capgen.system.forking import check_polars_answers
from capgen.system.paths import StrPath
from capgen.words import counted

OnRows = Callable[[int], None]
OnNote = Callable[[str], None]
# Writes files of a configuration, each to the path that a function returns for it, and yields their
# entries as they are complete.
Engine = Callable[[Config, Sequence[FilePlan], Callable[[str], Path], OnRows], Iterator[FileEntry]]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build wrote.

    Args:
        out: the dataset's folder.
        rows: number of rows.
        files: number of data files.
        bytes: size of the data files.
        kept_files: number of the data files that were complete before.
        seconds: wall time.
        was_complete: whether the dataset was there already, so that there was nothing to do.
    """

    out: Path
    rows: int
    files: int
    bytes: int
    kept_files: int
    seconds: float
    was_complete: bool


def build_dataset(
    config: Config,
    out: StrPath | None,
    engine: Engine,
    *,
    memory: int | None,
    file_bytes: int | None,
    overwrite: bool,
    rewrite_past: bool,
    on_rows: OnRows,
    on_note: OnNote,
) -> BuildResult:
    """Build a dataset with an engine.

    Args:
        config: the panel's configuration.
        out: the dataset's folder; by default the configuration's `out`.
        engine: the engine that writes the files.
        memory: bytes that one worker must fit into.
        file_bytes: bytes to aim at for each file.
        overwrite: replace a dataset of another configuration, or discard its interrupted build.
        rewrite_past: extend a dataset even if its present values change.
        on_rows: called with the number of rows just written, from any thread.
        on_note: called before the build with a line that says what is kept of an earlier one.

    Returns:
        What was written.

    Raises:
        RequestError: the folder cannot be built into, or a listed event touches no row; nothing
            was written.
        CapgenError: another process writes the dataset, the existing dataset is damaged, or Polars
            does not answer.
    """
    started = time.monotonic()
    check_polars_answers()
    refuse_unseen(config)
    place = place_of(locate(full_name(config, out)))
    place.check()
    with place.one_writer():
        present = _present(place)
        extended = None if overwrite else present
        kept = None if overwrite else _kept_days(place, present, config, on_note)
        config = with_days(config, kept)
        sizes = choose_sizes(config, memory, file_bytes, extended.sizes if extended else None)
        if present and is_same(present, config, sizes):
            _check_undamaged(place.target, present)
            return _result(place.target, present, None, started)
        _check_nothing_is_lost(place.target, present)
        if extended:
            check_same_days(place.target, extended, config)
            check_extends(place.target, extended, config, sizes, rewrite_past=rewrite_past)
        files = list(plan_files(config, sizes))
        whole = take_up(place, config, sizes, discard_other=overwrite)
        if whole:
            on_note(
                f"{place.target}: resumes an interrupted build with "
                f"{counted(len(whole), 'complete file')}"
            )
        if present:
            unchanged = unchanged_files(place.target, present, config, files, on_note)
            on_note(outlook(place.target, present, config, sizes, files, unchanged))
            whole |= _adopt(place, unchanged, whole)
        whole_before = len(whole)
        manifest = _make(config, sizes, place, files, whole, engine, on_rows=on_rows)
        _check_nothing_is_lost(place.target, present)  # a file may have come meanwhile
        place.publish(manifest)
    return _result(place.target, manifest, whole_before, started)


def _present(place: Place) -> Manifest | None:
    """Return the manifest of an existing dataset, after removing what earlier builds left."""
    place.recover()
    if not is_dataset(place.target):
        return None
    present = read_manifest(place.target)
    place.settle(state_of(present))
    return present


def _kept_days(
    place: Place, present: Manifest | None, config: Config, on_note: OnNote
) -> HolidayDays | None:
    """Return the holidays of an earlier build, and say where the library has others."""
    kept = kept_days(place, present)
    for line in other_library(place.target, kept, config):
        on_note(line)
    return kept


def _adopt(
    place: Place, unchanged: Sequence[FileEntry], whole: Mapping[str, FileEntry]
) -> dict[str, FileEntry]:
    """Take over the unchanged files of a dataset that are not yet made; return them by path."""
    adopted = [entry for entry in unchanged if entry.path not in whole]
    place.adopt(adopted)
    return {entry.path: entry for entry in adopted}


def _make(
    config: Config,
    sizes: Sizes,
    place: Place,
    files: Sequence[FilePlan],
    whole: dict[str, FileEntry],
    engine: Engine,
    *,
    on_rows: OnRows,
) -> Manifest:
    """Stage the files of a dataset that are not yet complete; return its manifest."""
    on_rows(sum(entry.rows for entry in whole.values()))
    missing = [file for file in files if file.path not in whole]
    for entry in engine(config, missing, place.staged_file, on_rows):
        place.record(entry)
        whole[entry.path] = entry
    side_files = write_side_files(config, whole.values(), place.present_file, place.staged_file)
    return manifest_of(config, sizes, whole.values(), side_files)


def _check_undamaged(folder: Path, manifest: Manifest) -> None:
    problem = next(damaged_files(folder, manifest, read=False), None)
    if problem:
        raise CapgenError(
            f"{problem.path}: {problem.kind}, {problem.detail}; "
            f"repair it with: capgen repair {folder}"
        )


def _check_nothing_is_lost(folder: Path, present: Manifest | None) -> None:
    """Refuse to replace a dataset's folder that holds a file which capgen did not write."""
    extra = next(extra_files(folder, present), None) if present else None
    if extra:
        raise RequestError(
            f"out: {str(folder)!r} holds {extra.path!r}, which capgen did not write and would "
            "delete; move it away first"
        )


def _result(target: Path, manifest: Manifest, kept: int | None, started: float) -> BuildResult:
    """Return what a build did: with the number of files that it kept, or None if it did nothing."""
    return BuildResult(
        out=target,
        rows=manifest.rows,
        files=len(manifest.files),
        bytes=sum(entry.bytes for entry in manifest.files),
        kept_files=len(manifest.files) if kept is None else kept,
        seconds=time.monotonic() - started,
        was_complete=kept is None,
    )
