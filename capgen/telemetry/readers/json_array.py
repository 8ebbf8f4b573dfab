"""Cuts the array out of a JSON document, so that DuckDB streams its elements one by one."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from capgen import sql
from capgen.errors import CapgenError
from capgen.telemetry.readers.assembly import Export

_END_BYTES = 2**16  # what stands before and after the array is shorter
_CHUNK = 2**22
_CLOSING = re.compile(rb'\](?=\s*(\}|,\s*"))')  # an object goes on, or ends, behind it
LARGEST_ELEMENT = 2**24  # bytes; each thread of DuckDB holds two of them as text
_ODD = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class CutArray:
    """An array that stands alone in a file.

    Args:
        filename: the file.
        rest: the document that it was cut out of, with the array empty.
    """

    filename: str
    rest: dict[str, Any]


def cut_array(connection: sql.Connection, export: Export, name: str) -> CutArray:
    """Copy the elements of a document's array to a file of their own.

    The document is read as bytes and never held: all but the array stands in its first or last
    64 KiB. The file lies where DuckDB has its temporary ones.

    Args:
        connection: the database.
        export: the document.
        name: the key of the array.

    Raises:
        CapgenError: the file is no whole JSON document, or has no such array.
    """
    to = _place(connection, export)
    with _plain(export, to).open("rb") as source:
        size = source.seek(0, 2)
        head = _bytes_at(source, 0, _END_BYTES)
        tail_from = max(size - _END_BYTES, 0)
        tail = _bytes_at(source, tail_from, _END_BYTES)
        opening = re.search(rb'(?<!\\)"%b"\s*:\s*\[' % re.escape(name.encode()), head)
        if opening is None:
            raise CapgenError(f"{export.name}: expected {name!r} with a list, got {_shown(head)}")
        start = opening.end()
        for end in _closings(tail, tail_from, start):
            rest = _parsed(head[:start] + tail[end - tail_from :])
            if rest is not None:
                _copy(source, start, end, to)
                return CutArray(str(to), rest)
    raise CapgenError(
        f"{export.name}: expected a whole JSON document, got one that ends with "
        f"{_shown(tail[-60:])}; was it cut off? Export it again"
    )


def _place(connection: sql.Connection, export: Export) -> Path:
    ((folder,),) = connection.sql("select current_setting('temp_directory')").fetchall()
    path = Path(folder) / f"{export.file}-{_ODD.sub('_', export.name.removesuffix('.gz'))}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _plain(export: Export, to: Path) -> Path:
    """Return a file with the document as text; a compressed one is expanded beside the array."""
    if export.path.suffix != ".gz":
        return export.path
    plain = to.with_name(f"{to.name}.plain")
    with export.opened() as source, plain.open("wb") as target:
        shutil.copyfileobj(source, target, _CHUNK)
    return plain


def _bytes_at(source: IO[bytes], position: int, count: int) -> bytes:
    source.seek(position)
    return source.read(count)


def _closings(tail: bytes, tail_from: int, start: int) -> Iterator[int]:
    """Yield where a bracket that may close the array stands, in the file's order."""
    for closing in _CLOSING.finditer(tail):
        position = tail_from + closing.start()
        if position >= start:
            yield position


def _parsed(text: bytes) -> dict[str, Any] | None:
    """Return a document; None where the text is none, or is no object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _copy(source: IO[bytes], start: int, end: int, to: Path) -> None:
    source.seek(start)
    with to.open("wb") as target:
        target.write(b"[")
        left = end - start
        while left:
            part = source.read(min(_CHUNK, left))
            target.write(part)
            left -= len(part)
        target.write(b"]")


def _shown(text: bytes) -> str:
    return repr(text[:60].decode("utf-8", errors="replace"))
