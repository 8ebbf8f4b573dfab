"""Writes one file in its own process, perhaps on another machine, for any engine."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath

from capgen.config import Config
from capgen.dataset.data_file import write_file
from capgen.dataset.plan import FilePlan
from capgen.engines.allocator import freed_memory_returned
from capgen.errors import CapgenError
from capgen.panel.frame import Panel, panel_of
from capgen.storage.entries import FileEntry
from capgen.storage.folders import folder_of
from capgen.storage.layout import SIDE_FOLDER
from capgen.storage.location import locate
from capgen.version import __version__


def write_remotely(version: str, config: str, file: FilePlan, place: str) -> FileEntry:
    """Write one data file; writing it twice does no harm.

    Args:
        version: the version of the capgen that asks for it.
        config: the configuration as JSON.
        file: what to write.
        place: the path or URL to write to.

    Returns:
        The file's entry for the manifest.

    Raises:
        CapgenError: this process has another version, or does not see the dataset's folder.
        OSError: the file could not be written.
    """
    if version != __version__:
        raise CapgenError(
            f"expected capgen {version} on every node, got {__version__} on one; install the same"
        )
    path = locate(place)
    _check_folder_is_there(path, file)
    return write_file(_panel(config), file, path, lambda _chunk: None)


def _check_folder_is_there(path: Path, file: FilePlan) -> None:
    """Refuse to make the folder: if it is not seen here, a new one would be another folder."""
    folder = path.parents[len(PurePosixPath(file.path).parts) - 1]
    if not folder_of(folder / SIDE_FOLDER).is_seen():
        raise CapgenError(
            f"{folder}: expected on every node, but one node does not see it; "
            "with --out, name a place that all nodes share: a shared file system or a store"
        )


@lru_cache(maxsize=1)
def _panel(config: str) -> Panel:
    """Return the panel of a configuration, of which a process makes many files."""
    _return_freed_memory()
    return panel_of(Config.model_validate_json(config))


@cache
def _return_freed_memory() -> None:
    """Return what is freed to the system, until the process ends."""
    until_the_end = ExitStack()
    until_the_end.enter_context(freed_memory_returned())
    atexit.register(until_the_end.close)
