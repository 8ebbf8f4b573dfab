"""Takes up a build that was interrupted, as far as making its files again confirms what it says."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from capgen.config import Config
from capgen.config.resolved_days import HolidayDays
from capgen.dataset.data_file import is_entry_of, made_file
from capgen.dataset.differences import differing_keys
from capgen.dataset.manifest import Manifest, config_values
from capgen.dataset.plan import plan_files
from capgen.dataset.sizes import Sizes
from capgen.errors import RequestError
from capgen.panel.frame import open_panel
from capgen.storage.entries import FileEntry
from capgen.storage.place import Place
from capgen.version import __version__

_ROWS_REMADE = 2**20  # at the least, if there are so many: about a third of a second


def take_up(
    place: Place, config: Config, sizes: Sizes, *, discard_other: bool
) -> dict[str, FileEntry]:
    """Begin a build, or take up the one that was interrupted.

    Args:
        place: where.
        config: what is being built.
        sizes: of files and row groups.
        discard_other: begin afresh where the build that was interrupted is of another
            configuration.

    Returns:
        The files that are whole already, by path.

    Raises:
        RequestError: the build that was interrupted is of another configuration.
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
    """Return what the build of a dataset was of, as it was kept while it was under way.

    Args:
        present: its manifest.
    """
    return _state(present.capgen_version, present.config, present.holiday_days, present.sizes)


def _state(
    capgen_version: str, values: dict[str, Any], days: HolidayDays | None, sizes: Sizes
) -> dict[str, Any]:
    """Return what a build is of, as plain data: two builds of the same make the same files.

    Args:
        capgen_version: of the builder.
        values: from `config_values`.
        days: the holidays of its calendars; None where they are the library's.
        sizes: of files and row groups.
    """
    return {
        "capgen_version": capgen_version,
        "config": values,
        "holiday_days": days and days.model_dump(mode="json"),
        "sizes": sizes.model_dump(),
    }


def _believed(config: Config, sizes: Sizes, receipts: Iterable[FileEntry]) -> dict[str, FileEntry]:
    """Return the receipts that are to be believed, by path.

    Each must be of a file of the build. All files of a small build, and of a large one some that
    chance chooses, are made again in memory, and must be what the receipt says, to the bit. One
    that is not discredits all.

    Args:
        config: what is being built.
        sizes: of files and row groups.
        receipts: of files whose bytes are as they say.
    """
    found = {entry.path: entry for entry in receipts}
    plans = {file.path: file for file in plan_files(config, sizes)}
    if not found or not found.keys() <= plans.keys():
        return {}
    with open_panel(config) as panel:
        are_possible = all(is_entry_of(panel, plans[path], entry) for path, entry in found.items())
        is_true = are_possible and all(
            made_file(panel, plans[entry.path]) == entry for entry in _some(found)
        )
    return found if is_true else {}


def _some(found: Mapping[str, FileEntry]) -> Iterator[FileEntry]:
    """Yield entries in an order that nobody knows beforehand, until they have enough rows."""
    rows = 0
    for path in secrets.SystemRandom().sample(sorted(found), len(found)):
        if rows >= _ROWS_REMADE:
            return
        rows += found[path].rows
        yield found[path]
