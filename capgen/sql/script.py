"""Writes the macros and their settings as a script for any DuckDB session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from capgen.sql.text import macro_text

_SQL_TYPES = {
    pl.Boolean: "boolean",
    pl.Int64: "bigint",
    pl.Float64: "double",
    pl.Date: "date",
    pl.List(pl.Int64): "bigint[]",
}


def script_text(tables: Mapping[str, pl.DataFrame]) -> str:
    """Return SQL that sets up the macros and their settings in any DuckDB session.

    Args:
        tables: the macros' settings as frames, by table name.
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
    """Write a setting as SQL: a number, a date or a list of numbers, so nothing needs quoting."""
    if isinstance(value, date):
        return f"date '{value}'"
    text = repr(value)
    # With an exponent DuckDB reads a double; without one a decimal, which may lose the last bit.
    return f"{text}e0" if isinstance(value, float) and "e" not in text else text
