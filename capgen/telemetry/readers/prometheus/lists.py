"""Lists of series as JSON: what query_range answers, and what clients save of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import CapgenError
from capgen.telemetry.readers.assembly import Export
from capgen.telemetry.readers.json_array import cut_array

_LIST = re.compile(r'\[\s*\{\s*"(metric|values?)"\s*:')
_ERROR = re.compile(r'"status"\s*:\s*"error"')
_RANGE_QUERY = "ask query_range, with start, end and step"


def reason_for_json(text: str) -> str | None:
    """Return why a file's start looks like an answer of the API; None where it does not."""
    if text.startswith("{") and ('"resultType"' in text or _is_error(text)):
        return "a JSON answer of the HTTP API, with status and result type"
    if _LIST.match(text):
        return "a JSON list of series with metric and values, as clients save them"
    return None


def _is_error(text: str) -> bool:
    return '"errorType"' in text and _ERROR.search(text) is not None


def cut_answer(connection: sql.Connection, export: Export) -> tuple[str, list[AccountLine]]:
    """Copy the series of an answer of the API to a file of their own.

    Args:
        connection: the database.
        export: the answer.

    Returns:
        The file with the series, and warnings of the answer.

    Raises:
        CapgenError: the answer is an error, is cut off, or is of one moment only.
    """
    _refuse_error(export)
    cut = cut_array(connection, export, "result")
    kind = _inner(cut.rest, "data").get("resultType")
    if kind != "matrix":
        raise CapgenError(
            f"{export.name}: expected samples over time (a matrix), got a {kind} of one moment; "
            f"{_RANGE_QUERY}"
        )
    return cut.filename, [
        AccountLine.of_many("warning", 1, "answer", f"with a warning: {text}", export.name)
        for text in cut.rest.get("warnings") or []
    ]


def _refuse_error(export: Export) -> None:
    text = export.start
    if not _is_error(text):
        return
    said = re.search(r'"error"\s*:\s*"((?:[^"\\]|\\.)*)"', text)
    raise CapgenError(
        f"{export.name}: expected samples, got an error of the server: "
        f"{said[1][:200] if said else 'of no text'}; mend the query and ask again"
    )


def _inner(document: dict[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def check_lists(
    rows: Sequence[tuple[str, str, int, int, int, int, int]], exports: Sequence[Export]
) -> list[AccountLine]:
    """Refuse lists of other things than series; say which series have histograms.

    Args:
        rows: id, filename, number of elements, with values, with value, with histograms, samples.
        exports: the files.

    Raises:
        CapgenError: an element has no values.
    """
    names = ", ".join(export.name for export in exports[:3])
    if any(row[4] for row in rows):
        raise CapgenError(
            f"{names}: expected series with values over time, got values of one moment; "
            f"{_RANGE_QUERY}"
        )
    if any(row[3] + row[5] == 0 for row in rows):
        raise CapgenError(f"{names}: expected elements with metric and values, got some without")
    count = sum(row[5] for row in rows)
    says = "series with native histograms; these are left out, plain values are kept"
    note = AccountLine(name="histograms", about="", count=count, says=says)
    return [note] if count else []


def list_rows(connection: sql.Connection, files: Sequence[str], largest: int) -> list[Any]:
    """Return a row for each series and file.

    Args:
        connection: an open database.
        files: the lists.
        largest: bytes of the largest element.
    """
    parameters = {"files": list(files), "largest": largest}
    query = sql.query_text("load/readers/prometheus/array_series")
    return connection.sql(query, params=parameters).fetchall()
