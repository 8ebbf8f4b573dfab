"""Runs the SQL tests: a `-- test:` line in a .sql file heads one test.

A test of macros, beside this file, is one select of input, got and expected. A test of the query
`checks/servers` stands in `checks/servers.sql` here: statements that make the tables which the
query reads, `result` with its rows and, where the query has them, `parameters` (one row, a column
each) and `repeats` (a row for each column to repeat lines for).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
import pytest

from capgen import load_config
from capgen.panel.calendar import macro_tables
from capgen.sql import Connection, identifier, map_parameter, open_database, run_query

_HERE = Path(__file__).parent
_HEADING = re.compile(r"^-- test: (.+)\n", re.MULTILINE)
_NEITHER_COMMENT_NOR_BLANK = re.compile(r"^(?!--|$)", re.MULTILINE)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SqlFile | None:
    """Collect the tests of a .sql file."""
    return SqlFile.from_parent(parent, path=file_path) if file_path.suffix == ".sql" else None


class SqlFile(pytest.File):
    """A file of SQL tests."""

    def collect(self) -> Iterator[SqlTest]:
        """Yield one test a heading."""
        preamble, *parts = _HEADING.split(self.path.read_text(encoding="utf-8"))
        if _NEITHER_COMMENT_NOR_BLANK.search(preamble):
            raise self.CollectError(
                f"{self.path}: expected every select below a line '-- test: <what it shows>'"
            )
        folder = self.path.parent.relative_to(_HERE)
        kind = QueryTest if folder.parts else MacroTest
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            yield kind.from_parent(self, name=name, text=text)


class SqlTest(pytest.Item):
    """A test in SQL, run where the macros have their default settings."""

    def __init__(self, *, text: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.text = text

    def problems(self, connection: Connection) -> list[str]:
        """Return what is not as expected."""
        raise NotImplementedError

    def runtest(self) -> None:
        """Run the test."""
        with (
            TemporaryDirectory() as folder,
            chdir(folder),  # where a test may write files
            open_database(_default_tables()) as connection,
        ):
            problems = self.problems(connection)
        if problems:
            pytest.fail("\n".join(problems), pytrace=False)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any) -> Any:
        """Show what DuckDB made of the select without a traceback."""
        if isinstance(excinfo.value, duckdb.Error):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return what heads the report of a failure."""
        return self.path, None, f"{self.path.name}: {self.name}"


class MacroTest(SqlTest):
    """One select; it passes when it yields rows and `got` is `expected` in each of them."""

    def problems(self, connection: Connection) -> list[str]:
        """Return the rows whose `got` is not `expected`."""
        statements = len(connection.extract_statements(self.text))
        if statements != 1:
            return [f"expected one select, got {statements} statements"]
        rows = connection.sql(self.text).project("input, got, expected")
        if not rows.fetchall():
            return ["expected at least one row, got none"]
        wrong = rows.filter("got is distinct from expected").project(
            "coalesce(columns(*)::varchar, 'NULL')"
        )
        return [
            f"{given}: expected {expected}, got {got}" for given, got, expected in wrong.fetchall()
        ]


class QueryTest(SqlTest):
    """Tables and rows; it passes when the query yields these rows, in the columns they have."""

    def problems(self, connection: Connection) -> list[str]:
        """Return the rows that only the query yields, and those that only the test expects."""
        connection.execute(self.text)
        query = str(self.path.relative_to(_HERE).with_suffix(""))
        connection.register("got", _run(connection, query))
        expected = connection.table("result")
        got = connection.table("got").project(", ".join(map(identifier, expected.columns)))
        return [
            *(f"got, and not expected: {row}" for row in got.except_(expected).fetchall()),
            *(f"expected, and not got: {row}" for row in expected.except_(got).fetchall()),
        ]


def _run(connection: Connection, query: str) -> pl.DataFrame:
    parameters: dict[str, Any] = {}
    maps = _maps(connection)
    for row in _rows(connection, "parameters"):
        for name, value in row.items():
            parameters[name] = map_parameter(value) if name in maps else value
    repeats = [
        {name: column for name, column in row.items() if column is not None}
        for row in _rows(connection, "repeats")
    ]
    return run_query(connection, query, parameters, repeats)


def _rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table; none where a test does not make it."""
    made = connection.sql("select table_name from duckdb_tables()").fetchall()
    if (table,) not in made:
        return []
    rows = connection.table(table)
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


def _maps(connection: Connection) -> set[str]:
    """Return the parameters that are maps; DuckDB hands over structs as dictionaries too."""
    columns = connection.sql("from duckdb_columns()").filter("table_name = 'parameters'")
    maps = columns.filter("data_type like 'MAP%'").project("column_name")
    return {name for (name,) in maps.fetchall()}


@cache
def _default_tables() -> Mapping[str, pl.DataFrame]:
    return macro_tables(load_config(environment={}))
