"""Resumes an interrupted build, if making some of its files again confirms its records."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from capgen.config import Config
from capgen.config.resolved_days import HolidayDays
from capgen.dataset.config_values import config_values
from capgen.dataset.data_file import is_entry_of, made_file
from capgen.dataset.differences import differing_keys
from capgen.dataset.manifest import Manifest
from capgen.dataset.plan import plan_files
from capgen.dataset.sizes import Sizes
from capgen.errors import RequestError
from capgen.panel.frame import panel_of
from capgen.storage.entries import FileEntry
from capgen.storage.place import Place
from capgen.version import __version__

_ROWS_REMADE = 2**20  # at least, if there are as many; they take about a third of a second


def take_up(
    place: Place, config: Config, sizes: Sizes, *, discard_other: bool
) -> dict[str, FileEntry]:
    """Begin a build, or resume the interrupted one.

    Args:
        place: the place where the dataset is made.
        config: the configuration to build.
        sizes: the most rows of a file and of a row group.
        discard_other: discard an interrupted build of another configuration.

    Returns:
        The files that are already complete, by path.

    Raises:
        RequestError: the interrupted build is of another configuration.
    """
    state = _state(__version__, config_values(config), config.holiday_days, sizes)
    begun = place.begun()
    if begun is None or (discard_other and begun != state):
        place.begin(state)
        return {}
    if begun != state:
        raise RequestError(
            f"{place.target}: an interrupted build of another configuration is kept beside it "
            f"({differing_keys(begun, state)}); add --overwrite to discard it"
        )
    return _believed(config, sizes, place.whole_files())


def state_of(present: Manifest) -> dict[str, Any]:
    """Return the state that the build of a dataset kept while it ran.

    Args:
        present: the dataset's manifest.
    """
    return _state(present.capgen_version, present.config, present.holiday_days, present.sizes)


def _state(
    capgen_version: str, values: dict[str, Any], days: HolidayDays | None, sizes: Sizes
) -> dict[str, Any]:
    """Return what determines the files of a build, as plain data.

    Args:
        capgen_version: version of the capgen that builds.
        values: the configuration as `config_values` returns it.
        days: the holidays of the configuration; None for the library's.
        sizes: the most rows of a file and of a row group.
    """
    return {
        "capgen_version": capgen_version,
        "config": values,
        "holiday_days": days and days.model_dump(mode="json"),
        "sizes": sizes.model_dump(),
    }


def _believed(config: Config, sizes: Sizes, receipts: Iterable[FileEntry]) -> dict[str, FileEntry]:
    """Return the receipts by path if all can be believed, else none.

    Each must belong to a file of the build. All files of a small build, and random ones of a large
    build, are made again in memory, and must match their receipts to the bit.

    Args:
        config: the configuration to build.
        sizes: the most rows of a file and of a row group.
        receipts: receipts of files whose bytes match them.
    """
    found = {entry.path: entry for entry in receipts}
    plans = {file.path: file for file in plan_files(config, sizes)}
    if not found or not found.keys() <= plans.keys():
        return {}
    panel = panel_of(config)
    for path, entry in found.items():
        if not is_entry_of(panel, plans[path], entry):
            return {}
    for entry in _some(found):
        if made_file(panel, plans[entry.path]) != entry:
            return {}
    return found


def _some(found: Mapping[str, FileEntry]) -> Iterator[FileEntry]:
    """Yield entries in an unpredictable order, until they have enough rows."""
    rows = 0
    for path in secrets.SystemRandom().sample(sorted(found), len(found)):
        if rows >= _ROWS_REMADE:
            return
        rows += found[path].rows
        yield found[path]
