"""The views of sadf's queries, and what is noted of its files."""

from __future__ import annotations

from typing import Any

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine

_FOLDER = "load/readers/sadf"


def view(connection: sql.Connection, name: str, query: str, **parameters: Any) -> None:
    """Give a name to the rows of one of sadf's queries."""
    sql.view_query(connection, name, f"{_FOLDER}/{query}", parameters)


def notes_of(
    name: str, restarts: int, comments: int, of_no_length: int, of_matrices: int
) -> list[AccountLine]:
    """Return what is left out of a file, as lines of the account."""
    counts = {
        "restarts": (restarts, "restarts of the server; their rows are no samples"),
        "comments": (comments, "comments; their rows are no samples"),
        "no_length": (of_no_length, "rows of an interval of 0 seconds, left out: no rate is known"),
        "interrupts": (of_matrices, "rows with a column for each CPU, left out"),
    }
    return [
        AccountLine(name=word, about=name, count=count, says=says)
        for word, (count, says) in counts.items()
        if count
    ]
