"""Files beside the data: what else a build tells of its panel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from capgen.config import Config
from capgen.dataset.files import hashed_file
from capgen.dataset.layout import EVENTS, SAMPLE, SUMMARY
from capgen.dataset.manifest import FileEntry, SideEntry
from capgen.dataset.summary import Find, in_order, sample_text, summarise
from capgen.panel.layers.ledger import ledger


def write_side_files(
    config: Config, files: Iterable[FileEntry], find: Find, place: Callable[[str], Path]
) -> list[SideEntry]:
    """Write all files beside the data that a configuration asks for.

    Args:
        config: a valid configuration.
        files: the data files, which are whole.
        find: returns where the data file of a path lies.
        place: returns where to write the file of a path.

    Returns:
        The files as the manifest names them.
    """
    entries = []
    for path, lines in _contents(config, in_order(config, files), find):
        with hashed_file(place(path)) as file:
            for line in lines:
                file.write(line.encode())
        entries.append(SideEntry(path=path, bytes=file.bytes, sha256=file.sha256))
    return entries


def _contents(config: Config, entries: Sequence[FileEntry], find: Find) -> Iterator[tuple[str, Iterator[str]]]:
    yield SUMMARY, iter([json.dumps(summarise(config, entries, find), indent=2) + "\n"])
    yield SAMPLE, iter([sample_text(config, entries, find)])
    if config.truth:
        yield EVENTS, (json.dumps(event) + "\n" for event in ledger(config))
