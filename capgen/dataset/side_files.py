"""Files beside the data: what else a build knows of its panel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from capgen.config import Config
from capgen.dataset.files import sha256, whole_file
from capgen.dataset.layout import EVENTS
from capgen.dataset.manifest import SideEntry
from capgen.panel.layers.ledger import ledger


def write_side_files(config: Config, place: Callable[[str], Path]) -> list[SideEntry]:
    """Write all files beside the data that a configuration asks for.

    Args:
        config: a valid configuration.
        place: returns where to write the file of a path.

    Returns:
        The files as the manifest names them.
    """
    wanted = {EVENTS: _write_events} if config.truth else {}
    entries = []
    for path, write in wanted.items():
        with whole_file(place(path)) as unfinished:
            write(config, unfinished)
        entries.append(SideEntry(path=path, bytes=place(path).stat().st_size, sha256=sha256(place(path))))
    return entries


def _write_events(config: Config, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for event in ledger(config):
            file.write(json.dumps(event) + "\n")
