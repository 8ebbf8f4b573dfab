"""Says in one line what is wrong with an export that DuckDB could not read, or with capgen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from capgen import sql
from capgen.errors import CapgenError
from capgen.storage.store.errors import reading_reason
from capgen.telemetry.readers.given_files import GivenFile

_LINE = re.compile(r"(?:CSV Error on Line:|in line) (\d+)")
_NO_OBJECTS = re.compile(r"json_read expected records")
_FILE = re.compile(r'^\s*file = (.+)$|file "([^"]+)"', re.MULTILINE)
_KNOWN = (
    (
        re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)"),
        r"expected \1 values, got \2; it is cut off, or has another delimiter",
    ),
    (
        re.compile(r"Invalid unicode"),
        "expected text in UTF-8, got other bytes; set csv.encoding, such as latin-1",
    ),
    (
        re.compile(r"Maximum line size"),
        "expected lines of at most 2 MB, got a longer one; it is no table",
    ),
    (
        re.compile(r"unterminated quote|quoted value", re.IGNORECASE),
        'expected " around whole values, got one that does not end',
    ),
    (
        re.compile(r"invalid state"),
        "expected lines that all end alike, got some with a carriage return and some without",
    ),
    (
        re.compile(r"JSON transform.*Failed to cast value[^:]*: (.+)"),
        r"expected a value such as a key has in the first objects, got \1; write null for none",
    ),
    (
        re.compile(rf"Malformed JSON|JSON transform|{_NO_OBJECTS.pattern}", re.IGNORECASE),
        "expected a JSON object in each line, got another text",
    ),
    (
        re.compile(r"No magic bytes|parquet", re.IGNORECASE),
        "expected a whole Parquet file, got another or a damaged one",
    ),
)


@contextmanager
def plain_reading(files: Sequence[GivenFile]) -> Iterator[None]:
    """Turn an error of DuckDB into one line.

    Args:
        files: the exports.

    Raises:
        CapgenError: DuckDB could not read an export, or a query of capgen failed.
    """
    try:
        yield
    except sql.DatabaseError as error:
        told = _FILE.search(str(error)) or _NO_OBJECTS.search(str(error))
        is_about_export = isinstance(error, sql.CONTENT_ERRORS) or told
        line = _line_of_export(error, files) if is_about_export else _line_of_query(error)
        raise CapgenError(line) from None


def _line_of_query(error: Exception) -> str:
    reason = str(error).splitlines()[0]
    return f"internal error: a query of capgen failed, the exports are not to blame: {reason}"


def _line_of_export(error: Exception, files: Sequence[GivenFile]) -> str:
    text = reading_reason(error)
    file = _FILE.search(text)
    names = [file.entry.name for file in files]
    name = next(filter(None, file.groups()), "") if file else ", ".join(names[:1])
    line = _LINE.search(text)
    place = f"{name}, line {line[1]}" if line else name
    for pattern, says in _KNOWN:
        found = pattern.search(text)
        if found:
            return f"{place}: {found.expand(says)}"
    return f"{place}: {text.splitlines()[0]}"
