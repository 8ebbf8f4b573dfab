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
        "restarts": (restarts, "restart", "of the server, in rows without samples"),
        "comments": (comments, "comment", "in rows without samples"),
        "no_length": (
            of_no_length,
            "row",
            "of an interval of 0 seconds, left out: no rate is known",
        ),
        "interrupts": (of_matrices, "row", "with a column for each CPU, left out"),
    }
    return [
        AccountLine.of_many(word, count, noun, says, name)
        for word, (count, noun, says) in counts.items()
        if count
    ]
