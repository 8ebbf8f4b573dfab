"""Runs the shipped queries, and names their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from capgen.sql.text import identifier, query_text, repeat_lines

if TYPE_CHECKING:
    import polars as pl

    from capgen.sql.database import Connection


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


def fetch_rows(
    connection: Connection,
    name: str,
    parameters: Mapping[str, Any],
    repeats: Sequence[Mapping[str, str]] = (),
) -> list[dict[str, Any]]:
    """Run a shipped query that has few rows, in half the time that a frame of them takes.

    DuckDB binds a query that becomes a frame twice, which takes longer than to run it on few rows.

    Args:
        connection: as in `run_query`.
        name: as in `run_query`.
        parameters: as in `run_query`.
        repeats: as in `run_query`.

    Returns:
        Each row as values by column.
    """
    found = connection.execute(repeat_lines(query_text(name), repeats), dict(parameters))
    columns = [column for column, *_ in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def query_batches(
    connection: Connection, name: str, parameters: Mapping[str, Any], rows: int
) -> Iterator[Any]:
    """Run a shipped query whose rows need not fit into memory.

    Args:
        connection: an open database with the tables that the query reads.
        name: the query's path, as in `query_text`.
        parameters: values for the query's parameters, by name.
        rows: how many rows to hold at once.

    Yields:
        The query's rows, as record batches of Arrow.

    Raises:
        DatabaseError: a row cannot be read.
    """
    from capgen.sql.database import DatabaseError

    batches = connection.sql(query_text(name), params=dict(parameters)).to_arrow_reader(rows)
    while True:
        try:
            batch = batches.read_next_batch()
        except StopIteration:
            return
        except OSError as error:  # so pyarrow hands over what DuckDB says
            raise DatabaseError(str(error)) from None
        yield batch


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


def table_query(
    connection: Connection, name: str, query: str, parameters: Mapping[str, Any]
) -> None:
    """Run a shipped query, and keep its rows under a name.

    Args:
        connection: as in `view_query`.
        name: as in `view_query`.
        query: as in `view_query`.
        parameters: as in `view_query`.
    """
    connection.execute(f"create table {identifier(name)} as {query_text(query)}", dict(parameters))


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


def count_rows(connection: Connection, name: str) -> int:
    """Count the rows of a view; for Parquet files DuckDB reads only the footers.

    Args:
        connection: the database with the view.
        name: the view's name.
    """
    ((rows,),) = connection.view(name).count("*").fetchall()
    return int(rows)
