"""Runs the SQL tests: a `-- test:` line in a .sql file heads one select of input, got and expected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from capgen import load_config
from capgen.panel.calendar import macro_tables
from capgen.sql import Connection, open_database

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
        for name, query in zip(parts[::2], parts[1::2], strict=True):
            yield SqlTest.from_parent(self, name=name, query=query)


class SqlTest(pytest.Item):
    """One select; it passes when it yields rows and `got` is `expected` in each of them."""

    def __init__(self, *, query: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.query = query

    def runtest(self) -> None:
        """Run the select where the macros have their default settings."""
        with open_database(_default_tables()) as connection:
            problems = _problems(connection, self.query)
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


@cache
def _default_tables() -> Mapping[str, pl.DataFrame]:
    return macro_tables(load_config(environment={}))


def _problems(connection: Connection, query: str) -> list[str]:
    statements = len(connection.extract_statements(query))
    if statements != 1:
        return [f"expected one select, got {statements} statements"]
    rows = connection.sql(query).project("input, got, expected")
    if not rows.fetchall():
        return ["expected at least one row, got none"]
    wrong = rows.filter("got is distinct from expected").project(
        "coalesce(columns(*)::varchar, 'NULL')"
    )
    return [f"{given}: expected {expected}, got {got}" for given, got, expected in wrong.fetchall()]
