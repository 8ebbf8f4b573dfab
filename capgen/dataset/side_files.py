"""Writes the files beside the data: summary, sample, schema, events, and a copy of a library."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from capgen.config import Config
from capgen.dataset.manifest import Manifest
from capgen.dataset.summary import Find, in_order, sample_text, summarise
from capgen.panel.ledger import ledger
from capgen.storage.entries import FileEntry, SideEntry
from capgen.storage.files import hashed_file
from capgen.storage.layout import EVENTS, LIBRARY, MANIFEST_SCHEMA, SAMPLE, SIDE_FILES, SUMMARY


def write_side_files(
    config: Config,
    files: Iterable[FileEntry],
    find: Find,
    place: Callable[[str], Path],
    only: Container[str] = SIDE_FILES,
) -> list[SideEntry]:
    """Write the files beside the data that a configuration asks for.

    Args:
        config: the panel's configuration.
        files: the complete data files.
        find: returns where the data file of a path lies.
        place: returns where to write the file of a path.
        only: the paths of the files to write.

    Returns:
        The files' entries for the manifest.
    """
    entries = []
    for path, lines in _contents(config, in_order(config, files), find):
        if path not in only:
            continue
        with hashed_file(place(path)) as file:
            for line in lines:
                file.write(line)
        entries.append(SideEntry(path=path, bytes=file.bytes, sha256=file.sha256))
    return entries


def _contents(
    config: Config, entries: Sequence[FileEntry], find: Find
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield each path with its lines, which are made on demand."""
    yield SUMMARY, _once(lambda: _as_json(summarise(config, entries, find)))
    yield SAMPLE, _once(lambda: sample_text(config, entries, find))
    yield MANIFEST_SCHEMA, _once(Manifest.schema_text)
    if config.truth:
        yield EVENTS, (f"{json.dumps(event)}\n".encode() for event in ledger(config))
    if config.layers.library:
        yield LIBRARY, iter([config.layers.library.file_bytes])


def _once(make: Callable[[], str]) -> Iterator[bytes]:
    yield make().encode()


def _as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"
