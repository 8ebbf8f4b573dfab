"""The form of a CSV file of the panel inspector: encoding, delimiter, header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import Final

_DELIMITERS: Final = (",", ";", "\t", "|")
_TIME_NAMES: Final = ("time", "timestamp", "date", "datetime", "@timestamp", "_time")
_TITLE = re.compile(r"(.+)-data(-as-[a-z-]+)?-\d{4}-\d{2}-\d{2}.*")
_NAMED_DELIMITER = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written.

    Args:
        encoding: as DuckDB names it.
        delimiter: what stands between values.
        skip: lines before the header.
        header: the columns' names.
    """

    encoding: str
    delimiter: str
    skip: int
    header: tuple[str, ...]

    def time_column(self, wanted: str | None) -> int | None:
        """Return which column has the time, from 1; None where none has its name.

        Args:
            wanted: the name that the mapping gives.
        """
        names = [name.strip().lower() for name in self.header]
        choices = _TIME_NAMES if wanted is None else (wanted.lower(),)
        return next((names.index(name) + 1 for name in choices if name in names), None)


def form_of(start: bytes, delimiter: str | None) -> Form | None:
    """Return how a file is written; None where it is no table.

    Args:
        start: the file's first bytes.
        delimiter: what the mapping says stands between values.
    """
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = start.decode("utf-16" if is_utf16 else "utf-8-sig", errors="replace")
    named = _NAMED_DELIMITER.match(text)
    body = text[named.end() :] if named else text
    said = delimiter or (named[1] if named else None)
    choices = _DELIMITERS if said is None else (said,)
    headers = {one: _header(body, one) for one in choices}
    best = max(headers, key=lambda one: len(headers[one]))
    if len(headers[best]) < 2:
        return None
    skip = 1 if named else 0
    return Form("utf-16" if is_utf16 else "utf-8", best, skip, headers[best])


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))
    except csv.Error:
        return ()


def title_of(name: str) -> str:
    """Return the panel's title out of a file's name, or the name without its ending."""
    stem = re.sub(r"\.csv(\.gz)?$", "", name, flags=re.IGNORECASE)
    found = _TITLE.fullmatch(stem)
    return found[1] if found else stem
