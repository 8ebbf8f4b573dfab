"""Opens DuckDB with the macros loaded and runs the shipped SQL files; the one importer of duckdb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb
import polars as pl

from capgen.resources import resource_files, resource_folder

_SQL_TYPES = {
    pl.Boolean: "boolean",
    pl.Int64: "bigint",
    pl.Float64: "double",
    pl.Date: "date",
    pl.List(pl.Int64): "bigint[]",
}

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error


@contextmanager
def open_database(tables: Mapping[str, pl.DataFrame], *, threads: int = 1) -> Iterator[Connection]:
    """Open an in-memory DuckDB with tables and the macros that read them.

    Args:
        tables: frames by table name; the macros say which they need.
        threads: how many DuckDB may use.

    Yields:
        A connection that belongs to the calling thread; closed on leaving.
    """
    with connect(tables, {"threads": threads}) as connection:
        yield connection


def connect(
    tables: Mapping[str, pl.DataFrame], settings: Mapping[str, Any] | None = None
) -> Connection:
    """Connect to an in-memory DuckDB with tables and the macros that read them.

    Args:
        tables: frames by table name; the macros say which they need.
        settings: DuckDB's own, by name.

    Returns:
        A connection for the caller to close.
    """
    connection = _connect_quietly(settings or {})
    for name, frame in tables.items():
        connection.from_arrow(frame.to_arrow()).create(name)  # what is registered, no cursor sees
    connection.execute(macro_text())
    return connection


def connect_empty() -> Connection:
    """Connect to an in-memory DuckDB with nothing in it, to close or to use in a `with` statement."""
    return _connect_quietly({})


def _connect_quietly(settings: Mapping[str, Any]) -> Connection:
    """Connect without the bar that DuckDB draws on standard output where Python runs no script, as in `python -c`."""
    connection = duckdb.connect(config=dict(settings))
    connection.execute("set enable_progress_bar = false")
    return connection


def macro_text() -> str:
    """Return the text of all macros, in the order in which DuckDB must read them."""
    files = resource_files(resource_folder("sql") / "macros", ".sql")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def query_text(name: str) -> str:
    """Return the text of a shipped query.

    Args:
        name: its path below `sql/`, without the ending.
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
        connection: from `open_database`.
        name: as in `query_text`.
        parameters: bound values by name.
        repeats: as in `repeat_lines`.

    Returns:
        The query's rows.
    """
    text = repeat_lines(query_text(name), repeats)
    frame: pl.DataFrame = connection.sql(text, params=dict(parameters)).pl()
    return frame


def repeat_lines(text: str, repeats: Sequence[Mapping[str, str]]) -> str:
    """Repeat the lines of a query that stand for one line each metric, or each pair of metrics.

    A line with `{column}` is written once for each mapping that gives a `column` and nothing else; one with
    `{left}` and `{right}` once for each that gives these two. Other lines stay as they are.

    Args:
        text: a query.
        repeats: column names by placeholder.

    Raises:
        ValueError: a name is not a plain lower-case one, as those of a valid configuration are.
    """
    for each in repeats:
        if not all(map(_PLAIN_NAME.fullmatch, each.values())):
            raise ValueError(f"expected plain lower-case column names, got {each}")
    lines: list[str] = []
    for line in text.splitlines():
        wanted = set(_PLACEHOLDER.findall(line))
        fitting = [each for each in repeats if wanted == set(each)] if wanted else [{}]
        lines += [_fill(line, each) for each in fitting]
    return "\n".join(lines)


def _fill(line: str, names: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: names[match[1]], line)


def view_query(
    connection: Connection,
    name: str,
    query: str,
    parameters: Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
) -> None:
    """Give a name to the rows of a shipped query.

    Args:
        connection: from `open_database`.
        name: of the view.
        query: as in `query_text`.
        parameters: bound values by name.
        columns: in the order that the view has them; all without them.
    """
    rows = connection.sql(query_text(query), params=dict(parameters or {}))
    chosen = rows if columns is None else rows.project(", ".join(map(identifier, columns)))
    chosen.create_view(name, replace=False)


def identifier(name: str) -> str:
    """Return a column's name as SQL, whatever word or character it is.

    Args:
        name: of a column.
    """
    return '"' + name.replace('"', '""') + '"'


def script_text(tables: Mapping[str, pl.DataFrame]) -> str:
    """Return SQL that sets up the macros and their settings in any DuckDB session.

    Args:
        tables: the settings, frames by table name.
    """
    settings = (_table_text(name, frame) for name, frame in tables.items())
    return "\n\n".join([*settings, macro_text()])


def _table_text(name: str, frame: pl.DataFrame) -> str:
    columns = ",\n".join(
        f"    {column} {_SQL_TYPES[kind]}" for column, kind in frame.schema.items()
    )
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


def count_rows(connection: Connection, name: str) -> int:
    """Count the rows of a view; of Parquet files, from their footers alone.

    Args:
        connection: from `open_database`.
        name: of the view.
    """
    ((rows,),) = connection.view(name).count("*").fetchall()
    return int(rows)
