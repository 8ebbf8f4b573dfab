"""What several captions are made of."""

from __future__ import annotations

import polars as pl

from capgen.report.tables import Tables


def shown(value: float | None) -> str:
    """Return a number as text, short.

    Args:
        value: a number, or none.
    """
    if value is None:
        return "none"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def rows_of(frame: pl.DataFrame, tables: Tables, position: int) -> pl.DataFrame:
    """Return the rows of a table that are about a metric.

    Args:
        frame: one of the tables.
        tables: the report's tables.
        position: the metric's place among them.
    """
    return frame.filter(pl.col("metric") == tables.columns[position])


def unit_of(tables: Tables, position: int) -> str:
    """Return a metric's unit as it follows a number; nothing where it has none.

    Args:
        tables: the report's tables.
        position: the metric's place among them.
    """
    unit = tables.metrics[position].unit
    return f" {unit}" if unit else ""


def whose(tables: Tables, several: str) -> str:
    """Return whose values are shown: those of the one archetype, or of several.

    Args:
        tables: the report's tables.
        several: what to say of several archetypes.
    """
    return several if len(tables.archetypes) > 1 else tables.archetypes[0]
