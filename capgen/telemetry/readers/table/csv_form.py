"""The form of CSV files: what stands between values, and what the columns are called."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError
from capgen.telemetry.readers.mapping import CsvSection
from capgen.telemetry.readers.mapping_types import AUTO
from capgen.telemetry.readers.reader import Head

_DELIMITERS = (",", ";", "\t", "|", ";\t")
_LINES = 20
_LONGEST_LINE = 2_000_000  # what DuckDB reads
_NO_TABLE = re.compile(r"\s*(<!doctype|<html|<\?xml|[{\[]\s*[\"{\]])", re.IGNORECASE)
_NAMES = {"\t": "a tab", ";\t": "a semicolon and a tab"}


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a CSV file.

    Args:
        delimiter: what stands between values.
        columns: the columns' names, in order.
        skip: how many lines stand before the table, beside comments.
    """

    delimiter: str
    columns: tuple[str, ...]
    skip: int


def form_of(path: Path, head: Head, section: CsvSection) -> Form:
    """Return the form of a CSV file.

    Args:
        path: the file, for messages.
        head: its start.
        section: what the mapping says.

    Raises:
        CapgenError: the file is no CSV.
    """
    above = _lines(path, head, section)[section.skip :]
    blank = sum(1 for _ in takewhile(lambda line: not line.strip(), above))
    lines = [line for line in above if line.strip()][:_LINES]
    _check_lines(path, lines)
    skip = section.skip + blank
    delimiter = section.delimiter
    if delimiter == AUTO:
        delimiter = _delimiter(path, lines)
    if section.columns is not None:
        return Form(delimiter, section.columns, skip)
    return Form(delimiter, _names(path, lines[0], delimiter), skip)


def delimiter_line(form: Form) -> AccountLine:
    """Return what the account says of a delimiter that was guessed.

    Args:
        form: the files' form.
    """
    shown = _NAMES.get(form.delimiter, repr(form.delimiter))
    return AccountLine(
        name="delimiter",
        about="",
        count=0,
        says=f"took {shown}: it stands as often in each of the first lines",
    )


def _lines(path: Path, head: Head, section: CsvSection) -> list[str]:
    """Return the first lines that are no comments."""
    text = head.start.decode(section.encoding, errors="replace").removeprefix("\ufeff")
    if _NO_TABLE.match(text):
        raise CapgenError(f"{path}: expected a table as CSV, got one that begins {_shown(text)}")
    lines = text.splitlines()
    if not head.is_whole and len(lines) > 1:
        lines = lines[:-1]  # the last one is cut
    comment = section.comment
    return [line for line in lines if not comment or not line.startswith(comment)]


def _check_lines(path: Path, lines: list[str]) -> None:
    if not lines:
        raise CapgenError(f"{path}: expected a table as CSV, got no lines")
    if "\0" in lines[0]:
        raise CapgenError(
            f"{path}: expected text, got zero bytes; set csv.encoding, or convert the file"
        )


def _delimiter(path: Path, lines: list[str]) -> str:
    """Return the delimiter that stands as often in each line, the most often of several."""
    counts = {each: [_outside_quotes(line).count(each) for line in lines] for each in _DELIMITERS}
    steady = [each for each, found in counts.items() if found[0] and len(set(found)) == 1]
    if not steady:
        some = max(_DELIMITERS, key=lambda each: (counts[each][0], len(each)))
        if counts[some][0]:
            return some  # lines differ: reading them says which one is wrong
        raise CapgenError(
            f"{path}: expected a table with , ; | or tabs between values, "
            f"got {_shown(lines[0])}; set csv.delimiter if it is one, csv.skip for lines above it"
        )
    return max(steady, key=lambda each: (counts[each][0], len(each)))


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _names(path: Path, line: str, delimiter: str) -> tuple[str, ...]:
    """Return the names in the first line."""
    if len(delimiter) == 1:
        names = next(csv.reader([line], delimiter=delimiter))
    else:
        names = [name.strip('"') for name in line.split(delimiter)]
    names = [name or f"column{position}" for position, name in enumerate(names)]
    twice = next(iter(_repeated(names)), None)
    if twice is not None:
        raise CapgenError(
            f"{path}: expected a first line with a name for each column, got {twice[:60]!r} twice; "
            "name them with csv.columns where there is no such line"
        )
    return tuple(names)


def _repeated(names: list[str]) -> Iterator[str]:
    """Yield the names that are there before, in small or capital letters: for SQL they are one."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            yield name
        seen.add(name.lower())


def _shown(text: str) -> str:
    return repr(text.strip()[:40])
