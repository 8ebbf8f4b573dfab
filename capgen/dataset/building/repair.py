"""Remakes the missing and damaged files of a dataset from its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from contextlib import AbstractContextManager
from pathlib import Path

from capgen.config import Config
from capgen.dataset.building.build import Engine, OnRows
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.plan import plan_files
from capgen.dataset.side_files import write_side_files
from capgen.errors import CapgenError
from capgen.storage.entries import SideEntry
from capgen.storage.folders import folder_of
from capgen.storage.inspection import damaged_files
from capgen.storage.place import place_of

# Takes the number of rows to remake, and yields a function that shows the progress.
Watch = Callable[[int], AbstractContextManager[OnRows]]


def repair_dataset(folder: Path, engine: Engine, *, watch: Watch) -> list[str]:
    """Remake exactly the files that are missing or altered.

    Args:
        folder: the dataset's folder.
        engine: the engine that writes the files.
        watch: takes the number of rows to remake, and yields a function to call with the number of
            rows just written, from any thread.

    Returns:
        The paths of the remade files, relative to the folder.

    Raises:
        RequestError: the folder is no dataset.
        CapgenError: a remade file differs from the manifest, or lies behind a symbolic link.
    """
    place = place_of(folder)
    target = place.target
    manifest = read_manifest(target)
    with place.one_writer():
        place.sweep()
        damaged = {problem.path for problem in damaged_files(target, manifest, read=True)}
        _check_no_link(target, damaged)
        config = manifest.load_config()
        files = [file for file in plan_files(config, manifest.sizes) if file.path in damaged]
        with watch(sum(file.rows for file in files)) as on_rows:
            for made in engine(config, files, target.joinpath, on_rows):
                _check_same(made, manifest.entries[made.path], manifest)
        _remake_side_files(target, manifest, config, damaged)
    return sorted(damaged)


def _remake_side_files(target: Path, manifest: Manifest, config: Config, damaged: Set[str]) -> None:
    named = {entry.path: entry for entry in manifest.side_files if entry.path in damaged}
    find = target.joinpath
    for made in write_side_files(config, manifest.files, find, find, only=named):
        _check_same(made, named[made.path], manifest)


def _check_no_link(target: Path, damaged: Iterable[str]) -> None:
    """Refuse to write through a link: its target does not belong to the dataset."""
    link = folder_of(target).linked_folder(damaged)
    if link:
        raise CapgenError(
            f"{link}: expected a folder, got a symbolic link; "
            "put the folder itself there, then repair"
        )


def _check_same(remade: SideEntry, named: SideEntry, manifest: Manifest) -> None:
    if remade != named:
        raise CapgenError(
            f"{remade.path}: remade, but not the file that the manifest names; it was built by "
            f"{manifest.made_by}; use these versions, or build again with --overwrite"
        )
