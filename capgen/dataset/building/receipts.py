"""Receipts of a build that was interrupted: believed as far as making the files again confirms them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping

from capgen.config import Config
from capgen.dataset.data_file import is_entry_of, made_file
from capgen.dataset.plan import plan_files
from capgen.dataset.sizes import Sizes
from capgen.panel.frame import open_panel
from capgen.storage.entries import FileEntry

_ROWS_REMADE = 2**20  # at the least, if there are so many: about a third of a second


def believed(config: Config, sizes: Sizes, receipts: Iterable[FileEntry]) -> dict[str, FileEntry]:
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
        is_true = are_possible and all(made_file(panel, plans[entry.path]) == entry for entry in _some(found))
    return found if is_true else {}


def _some(found: Mapping[str, FileEntry]) -> Iterator[FileEntry]:
    """Yield entries in an order that nobody knows beforehand, until they have enough rows."""
    rows = 0
    for path in secrets.SystemRandom().sample(sorted(found), len(found)):
        if rows >= _ROWS_REMADE:
            return
        rows += found[path].rows
        yield found[path]
