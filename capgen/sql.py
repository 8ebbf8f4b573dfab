"""Opens DuckDB with the macros and runs the shipped SQL files; the only importer of duckdb."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from typing import Any

import duckdb
import polars as pl

from capgen.resources import resource_files, resource_folder

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error


@contextmanager
def open_database(tables: Mapping[str, pl.DataFrame]) -> Iterator[Connection]:
    """Open an in-memory database with tables and the macros that read them, for a thread's work.

    Args:
        tables: frames by table name; the macros say which tables they need.

    Yields:
        A connection to a database of its own; closed on leaving.
    """
    with connect_kept() as connection:
        name = f"opened_{id(connection)}"
        connection.execute(f"attach ':memory:' as {name}; use {name}")
        try:
            yield _filled(connection, tables)
        finally:
            connection.execute(f"use memory; detach {name}")


def connect_kept() -> Connection:
    """Connect to the DuckDB that this process keeps: to start one takes longer than most work."""
    return _kept(os.getpid()).cursor()


@cache
def _kept(process: int) -> Connection:  # noqa: ARG001 - a forked child has none of its parent's
    return connect_empty({"threads": 1})


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
    return _filled(connect_empty(settings), tables)


def _filled(connection: Connection, tables: Mapping[str, pl.DataFrame]) -> Connection:
    for name, frame in tables.items():
        # A cursor would not see a registered frame.
        connection.from_arrow(frame.to_arrow()).create(name)
    connection.execute(macro_text())
    return connection


def connect_empty(settings: Mapping[str, Any] | None = None) -> Connection:
    """Connect to an empty in-memory DuckDB, which the caller closes or uses in a `with` block.

    Args:
        settings: DuckDB's settings by name.
    """
    # Without the progress bar, which `python -c` would have on standard output.
    connection = duckdb.connect(config=dict(settings or {}))
    connection.execute("set enable_progress_bar = false")
    return connection


def macro_text() -> str:
    """Return the text of all macros in the order that DuckDB needs."""
    files = resource_files(resource_folder("sql") / "macros", ".sql")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def query_text(name: str) -> str:
    """Return the text of a shipped query.

    Args:
        name: the query's path below `sql/`, without the ending.
    """
    return (resource_folder("sql") / f"{name}.sql").read_text(encoding="utf-8")


def run_query(
    connection: Connection,
    name: str,
    parameters: Mapping[str, Any],
    repeats: Sequence[Mapping[str, str]] = (),
) -> pl.DataFrame:
    """Run a shipped query.

    Args:
        connection: an open database with the tables that the query reads.
        name: the query's path, as in `query_text`.
        parameters: values for the query's parameters, by name.
        repeats: column names, as in `repeat_lines`.

    Returns:
        The query's rows.
    """
    text = repeat_lines(query_text(name), repeats)
    frame: pl.DataFrame = connection.sql(text, params=dict(parameters)).pl()
    return frame


def repeat_lines(text: str, repeats: Sequence[Mapping[str, str]]) -> str:
    """Repeat a query's lines that stand for one metric, or for one pair of metrics.

    Adjacent lines with `{column}` are written once for each mapping that gives a `column` and
    nothing else; those with `{left}` and `{right}` once for each that gives these two. Other lines
    stay as they are. So a query can pair the columns of two tables, or a column with a constant of
    its own, which DuckDB's `columns(…)` cannot.

    Args:
        text: the query.
        repeats: column names by placeholder.

    Raises:
        ValueError: a column's name is not plain and lower-case, as configured names are.
    """
    for names in repeats:
        if not all(map(_PLAIN_NAME.fullmatch, names.values())):
            raise ValueError(f"expected plain lower-case column names, got {names}")
    filled: list[str] = []
    for wanted, lines in groupby(text.splitlines(), _placeholders):
        block = "\n".join(lines)
        fitting = [names for names in repeats if wanted == set(names)] if wanted else [{}]
        filled += [_fill(block, names) for names in fitting]
    return "\n".join(filled)


def _placeholders(line: str) -> set[str]:
    return set(_PLACEHOLDER.findall(line))


def _fill(block: str, names: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: names[match[1]], block)


def map_parameter(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return a mapping as DuckDB takes a parameter for a map; a plain dictionary is a struct to it.

    Args:
        values: by key.
    """
    return {"key": list(values), "value": list(values.values())}


def view_query(
    connection: Connection,
    name: str,
    query: str,
    parameters: Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
) -> None:
    """Give a name to the rows of a shipped query.

    Args:
        connection: an open database with the tables that the query reads.
        name: the name to give.
        query: the query's path, as in `query_text`.
        parameters: values for the query's parameters, by name.
        columns: the view's columns in their order; by default all of the query's.
    """
    rows = connection.sql(query_text(query), params=dict(parameters or {}))
    chosen = rows if columns is None else rows.project(", ".join(map(identifier, columns)))
    chosen.create_view(name, replace=False)


def comment_columns(connection: Connection, name: str, comments: Mapping[str, str]) -> None:
    """Say of some columns what they are; `duckdb_columns()` shows it.

    Args:
        connection: an open database.
        name: of a table or view, as a statement takes it.
        comments: what to say, by column.
    """
    for column, text in comments.items():
        said = "'" + text.replace("'", "''") + "'"
        connection.execute(f"comment on column {name}.{identifier(column)} is {said}")


def identifier(name: str) -> str:
    """Return a column's name quoted for SQL.

    Args:
        name: the column's name; it may be a word of SQL and hold any character.
    """
    return '"' + name.replace('"', '""') + '"'


def count_rows(connection: Connection, name: str) -> int:
    """Count the rows of a view; for Parquet files DuckDB reads only the footers.

    Args:
        connection: the database with the view.
        name: the view's name.
    """
    ((rows,),) = connection.view(name).count("*").fetchall()
    return int(rows)
