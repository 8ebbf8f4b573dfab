"""Makes one data file, and its entry in the manifest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from capgen.dataset.content import as_text
from capgen.dataset.plan import FilePlan
from capgen.dataset.writing import Buffers, write_row_groups
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel
from capgen.storage.counted import Hashed
from capgen.storage.entries import FileEntry
from capgen.storage.files import hashed_file

OnChunk = Callable[[Chunk], None]


class _Nowhere:
    """A file that keeps nothing of what is written to it."""

    def write(self, data: bytes, /) -> int:
        return len(data)


def write_file(
    panel: Panel, file: FilePlan, path: Path, on_chunk: OnChunk, buffers: Buffers | None = None
) -> FileEntry:
    """Write one data file, whole or not at all.

    Args:
        panel: the panel that the file's chunks belong to.
        file: what to write.
        path: the path to write to.
        on_chunk: called after each chunk; an error that it raises ends the writing.
        buffers: the thread's own; by default new ones.

    Returns:
        The file's entry for the manifest.
    """
    with hashed_file(path) as target:
        digest = write_row_groups(panel, file.row_groups, target, on_chunk, buffers)
    return _entry(panel, file, target, digest)


def made_file(panel: Panel, file: FilePlan) -> FileEntry:
    """Make one data file without keeping it.

    Args:
        panel: the panel that the file's chunks belong to.
        file: what to make.

    Returns:
        The file's entry for a manifest.
    """
    target = Hashed(_Nowhere())
    digest = write_row_groups(panel, file.row_groups, target)
    return _entry(panel, file, target, digest)


def is_entry_of(panel: Panel, file: FilePlan, entry: FileEntry) -> bool:
    """Tell whether an entry has the path, rows and time of a planned file.

    Args:
        panel: the panel that the file's chunks belong to.
        file: the planned file.
        entry: the entry to compare.
    """
    expected = (file.path, file.rows, *_limits(panel, file))
    return (entry.path, entry.rows, entry.first_timestamp, entry.last_timestamp) == expected


def _entry(panel: Panel, file: FilePlan, written: Hashed, digest: int) -> FileEntry:
    first, last = _limits(panel, file)
    return FileEntry(
        path=file.path,
        rows=file.rows,
        bytes=written.bytes,
        sha256=written.sha256,
        content_digest=as_text(digest),
        first_timestamp=first,
        last_timestamp=last,
    )


def _limits(panel: Panel, file: FilePlan) -> tuple[datetime, datetime]:
    axis = panel.axis
    return axis.timestamp(file.span.first), axis.timestamp(file.span.stop - 1)
