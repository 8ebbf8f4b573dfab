"""Opens data files in little memory, to be read a few servers at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from capgen import sql
from capgen.config import Config
from capgen.dataset.data_files import view_files
from capgen.errors import CapgenError
from capgen.panel.calendar import macro_tables
from capgen.panel.schema import panel_schema
from capgen.storage.store.errors import reading_reason

_MEMORY = "200MB"  # what DuckDB may use; with more it goes to disk
_THREADS = 2


def open_panel(
    config: Config, files: Sequence[Path], spill: Path, threads: int = _THREADS, **settings: Any
) -> sql.Connection:
    """Connect to DuckDB with the rows of some data files as `panel`, in little memory.

    Args:
        config: what the files were built from.
        files: data files, with their partition keys in their paths.
        spill: a folder for what does not fit into memory; DuckDB makes it when it needs it.
        threads: how many DuckDB may use.
        settings: more of DuckDB's own.

    Raises:
        CapgenError: a file cannot be read.
    """
    limits = {"memory_limit": _MEMORY, "temp_directory": str(spill), "threads": threads, **settings}
    connection = sql.connect(macro_tables(config), limits)
    try:
        view_files(connection, "panel", files, panel_schema(config).names())
    except sql.DatabaseError as error:
        connection.close()
        raise CapgenError(reading_reason(error)) from None
    return connection


def server_ranges(connection: sql.Connection, rows: int) -> list[tuple[str, str, int]]:
    """Return first server, last server and number of rows of runs of servers, sorted by id.

    Args:
        connection: with the rows as `panel`.
        rows: how many a run has at most, but for those of its last server.
    """
    ranges: list[tuple[str, str, int]] = connection.execute(
        sql.query_text("export/runs"), {"rows": rows}
    ).fetchall()
    return ranges
