"""Opens data files in little memory, for reading a few servers at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from capgen import sql
from capgen.dataset.data_files import view_files
from capgen.dataset.description import Description
from capgen.errors import CapgenError
from capgen.storage.store.errors import unread

_MEMORY = "200MB"  # DuckDB's limit; what needs more goes to disk
_THREADS = 2


def open_reader(spill: Path, threads: int = _THREADS) -> sql.Connection:
    """Connect to an empty DuckDB that takes little memory.

    Args:
        spill: a folder for what does not fit into memory; DuckDB makes it if it needs it.
        threads: number of threads that DuckDB may use.
    """
    limits = {"memory_limit": _MEMORY, "temp_directory": str(spill), "threads": threads}
    return sql.connect_empty(limits)


def open_panel(described: Description, files: Sequence[Path], spill: Path) -> sql.Connection:
    """Connect to DuckDB with the rows of some data files as `panel`, as `open_reader` does.

    Args:
        described: what the rows are.
        files: data files, with their partition keys in their paths.
        spill: a folder for what does not fit into memory.

    Raises:
        CapgenError: a file cannot be read.
    """
    connection = open_reader(spill)
    try:
        view_panel(connection, described, files)
    except CapgenError:
        connection.close()
        raise
    return connection


def view_panel(connection: sql.Connection, described: Description, files: Sequence[Path]) -> None:
    """Give the name `panel` to the rows of some data files.

    Args:
        connection: the database for the view.
        described: what the rows are.
        files: data files, with their partition keys in their paths.

    Raises:
        CapgenError: a file cannot be read.
    """
    try:
        view_files(connection, "panel", files, described.schema.names())
    except sql.DatabaseError as error:
        raise CapgenError(unread(error)) from None


def server_ranges(connection: sql.Connection, rows: int) -> list[tuple[str, str, int]]:
    """Cut the servers, sorted by id, into ranges of about a number of rows.

    Args:
        connection: the database with the rows as `panel`.
        rows: the most rows of a range, without those of its last server.

    Returns:
        First server, last server and number of rows of each range.
    """
    answer = connection.execute(sql.query_text("export/runs"), {"rows": rows})
    ranges: list[tuple[str, str, int]] = answer.fetchall()
    return ranges
