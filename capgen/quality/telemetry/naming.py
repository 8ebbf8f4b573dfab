"""How rules about servers and metrics name what is at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

_MOST_NAMED = 3


def worst_first(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return rows from the highest value of a column to the lowest, then by server.

    Args:
        rows: with a column server_id.
        name: the column.
    """
    return rows.sort(name, "server_id", descending=[True, False])


def said(rows: pl.DataFrame, say: Callable[[Mapping[str, Any]], str]) -> str:
    """Return what to say of the first few rows.

    Args:
        rows: what is at fault.
        say: returns a row's words.
    """
    return "; ".join(say(row) for row in rows[:_MOST_NAMED].to_dicts())


def names(rows: pl.DataFrame, column: str) -> list[str]:
    """Return the distinct values of a column, in order of appearance.

    Args:
        rows: what is at fault.
        column: server_id or metric.
    """
    found: list[str] = rows[column].unique(maintain_order=True).to_list()
    return found
