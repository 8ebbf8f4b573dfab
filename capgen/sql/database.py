"""Opens DuckDB, with the macros where they are wanted; the only importer of duckdb."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import polars as pl

from capgen.sql.script import script_text
from capgen.sql.text import macro_text

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
# About what is read; others, such as of a name that is not bound, are about the query.
CONTENT_ERRORS = (
    duckdb.DataError,
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.SerializationException,
)


_MACROS = "macros"  # the schema of the kept database that has them


class _Kept:
    """The DuckDB that a process keeps: to start one takes longer than most work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # what one thread starts, the next ones wait for
        self._connection: Connection | None = None
        self._has_macros = False

    def cursor(self, macro_tables: Mapping[str, pl.DataFrame] | None = None) -> Connection:
        """Connect to it; the macros, which read whatever tables a connection finds, if wanted."""
        with self._lock:
            if self._connection is None:
                self._connection = connect_empty({"threads": 1})
                self._connection.execute(f"create schema {_MACROS}; use memory.{_MACROS}")
            if macro_tables and not self._has_macros:
                empty = {name: frame.clear() for name, frame in macro_tables.items()}
                self._connection.execute(script_text(empty))
                self._has_macros = True
            return self._connection.cursor()


_KEPT: dict[int, _Kept] = {}  # by process: a forked child has none of its parent's


def _kept() -> _Kept:
    return _KEPT.setdefault(os.getpid(), _Kept())


def connect_kept() -> Connection:
    """Connect to the DuckDB that this process keeps."""
    return _kept().cursor()


@contextmanager
def open_kept(macro_tables: Mapping[str, pl.DataFrame] | None = None) -> Iterator[Connection]:
    """Open an empty database of the DuckDB that this process keeps, for a thread's work.

    Args:
        macro_tables: the tables that the macros read, if these are wanted.

    Yields:
        A connection to a database in memory that no other connection sees; closed on leaving.
    """
    with _kept().cursor(macro_tables) as connection:
        name = f"opened_{id(connection)}"
        connection.execute(f"attach ':memory:' as {name}")
        connection.execute(f"set search_path = '{name}.main,memory.{_MACROS}'")
        try:
            yield connection
        finally:
            _close(connection, name)


def _close(connection: Connection, name: str) -> None:
    try:
        connection.execute(f"use memory; detach {name}")
    except DatabaseError:  # after an error of its own, DuckDB refuses all work: the next starts one
        _KEPT.clear()


@contextmanager
def open_database(tables: Mapping[str, pl.DataFrame]) -> Iterator[Connection]:
    """Open a database as `open_kept` does, with tables and the macros that read them.

    Args:
        tables: frames by table name; the macros say which tables they need.

    Yields:
        A connection to a database of its own; closed on leaving.
    """
    with open_kept(tables) as connection:
        for table, frame in tables.items():
            connection.register(table, frame)
        yield connection


def connect(
    tables: Mapping[str, pl.DataFrame], settings: Mapping[str, Any] | None = None
) -> Connection:
    """Connect to an in-memory DuckDB with tables and the macros that read them.

    Args:
        tables: frames by table name; the macros say which tables they need.
        settings: DuckDB's settings by name.

    Returns:
        A connection, which the caller closes.
    """
    connection = connect_empty(settings)
    add_macros(connection, tables)
    return connection


def add_macros(connection: Connection, tables: Mapping[str, pl.DataFrame]) -> None:
    """Create the macros in a database, and the tables that they read.

    Args:
        connection: the database.
        tables: frames by table name; the macros say which tables they need.
    """
    for name, frame in tables.items():
        # A cursor would not see a registered frame.
        connection.from_arrow(frame.to_arrow()).create(name)
    connection.execute(macro_text())


def connect_empty(settings: Mapping[str, Any] | None = None) -> Connection:
    """Connect to an empty in-memory DuckDB, which the caller closes or uses in a `with` block.

    Args:
        settings: DuckDB's settings by name.
    """
    # Without the progress bar, which `python -c` would have on standard output.
    connection = duckdb.connect(config=dict(settings or {}))
    connection.execute("set enable_progress_bar = false")
    return connection
