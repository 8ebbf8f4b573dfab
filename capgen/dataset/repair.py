"""Remakes the missing and damaged files of a dataset from its manifest."""

from __future__ import annotations

from pathlib import Path

from capgen.dataset.build import Engine, OnRows
from capgen.dataset.manifest import Manifest, SideEntry, read_manifest
from capgen.dataset.place import place_of
from capgen.dataset.plan import plan_files
from capgen.dataset.side_files import write_side_files
from capgen.dataset.verify import damaged_files
from capgen.errors import CapgenError


def repair_dataset(folder: Path, engine: Engine, *, on_rows: OnRows) -> list[str]:
    """Remake exactly the files that are missing or altered.

    Args:
        folder: the dataset's folder.
        engine: writes the files.
        on_rows: called with numbers of rows as they are written, from any thread.

    Returns:
        The paths of the files that were remade, relative to the folder.

    Raises:
        RequestError: the folder is no dataset.
        CapgenError: a remade file is not the one that the manifest names.
    """
    place = place_of(folder)
    manifest = read_manifest(place.target)
    with place.one_writer():
        place.sweep()
        damaged = {problem.path for problem in damaged_files(place.target, manifest, read=True)}
        config = manifest.load_config()
        files = [file for file in plan_files(config, manifest.sizes) if file.path in damaged]
        for file_entry in engine(config, files, place.target.joinpath, on_rows):
            _check_same(file_entry, manifest.entries[file_entry.path], manifest)
        if damaged & {entry.path for entry in manifest.side_files}:
            remade = write_side_files(config, manifest.files, place.target.joinpath, place.target.joinpath)
            for entry, named in zip(remade, manifest.side_files, strict=True):
                _check_same(entry, named, manifest)
    return sorted(damaged)


def _check_same(remade: SideEntry, named: SideEntry, manifest: Manifest) -> None:
    if remade != named:
        raise CapgenError(
            f"{remade.path}: remade, but not the file that the manifest names; it was built by "
            f"{manifest.made_by}; use these versions, or build anew with --overwrite"
        )
