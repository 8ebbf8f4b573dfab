"""Opens DuckDB with the macros loaded and runs the shipped SQL files; the one importer of duckdb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb
import polars as pl

from capgen.resources import resource_folder

_SQL_TYPES = {pl.Int64: "bigint", pl.Float64: "double", pl.Date: "date", pl.List(pl.Int64): "bigint[]"}

Connection = duckdb.DuckDBPyConnection


@contextmanager
def open_database(tables: Mapping[str, pl.DataFrame]) -> Iterator[Connection]:
    """Open an in-memory DuckDB with tables and the macros that read them.

    Args:
        tables: frames by table name; the macros say which they need.

    Yields:
        A connection that belongs to the calling thread; closed on leaving.
    """
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, frame in tables.items():
            connection.register(name, frame)
        connection.execute(macro_text())
        yield connection


def macro_text() -> str:
    """Return the text of all macros, in the order in which DuckDB must read them."""
    files = sorted((resource_folder("sql") / "macros").glob("*.sql"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def query_text(name: str) -> str:
    """Return the text of a shipped query.

    Args:
        name: its path below `sql/`, without the ending.
    """
    return (resource_folder("sql") / f"{name}.sql").read_text(encoding="utf-8")


def run_query(connection: Connection, name: str, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """Run a shipped query.

    Args:
        connection: from `open_database`.
        name: as in `query_text`.
        parameters: bound values by name.

    Returns:
        The query's rows.
    """
    frame: pl.DataFrame = connection.sql(query_text(name), params=dict(parameters)).pl()
    return frame


def script_text(tables: Mapping[str, pl.DataFrame]) -> str:
    """Return SQL that sets up the macros and their settings in any DuckDB session.

    Args:
        tables: the settings, frames by table name.
    """
    settings = (_table_text(name, frame) for name, frame in tables.items())
    return "\n\n".join([*settings, macro_text()])


def _table_text(name: str, frame: pl.DataFrame) -> str:
    columns = ",\n".join(f"    {column} {_SQL_TYPES[kind]}" for column, kind in frame.schema.items())
    rows = ",\n".join(f"    ({', '.join(map(_literal, row))})" for row in frame.iter_rows())
    create = f"create or replace table {name} (\n{columns}\n);"
    return f"{create}\ninsert into {name} values\n{rows};" if rows else create


def _literal(value: Any) -> str:
    """Write a setting as SQL; settings are numbers, dates and lists of numbers, so nothing needs quoting."""
    if isinstance(value, date):
        return f"date '{value}'"
    text = repr(value)
    # With an exponent DuckDB reads a double; without one a decimal, which may lose the last bit.
    return f"{text}e0" if isinstance(value, float) and "e" not in text else text
