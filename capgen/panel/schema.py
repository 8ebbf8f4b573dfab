"""The panel's columns: names, types, order."""

from __future__ import annotations

import polars as pl

from capgen.config import Config
from capgen.config.rules import FIXED_COLUMNS_AFTER_METRICS, FIXED_COLUMNS_BEFORE_METRICS

_TYPES: dict[str, pl.DataType] = {
    "timestamp": pl.Datetime("us"),
    "year": pl.Int64(),  # what DuckDB and Polars read from a folder named year=2024
} | dict.fromkeys(["month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday"], pl.Int8())


def panel_schema(config: Config) -> pl.Schema:
    """Return the schema of the panel.

    Args:
        config: a valid configuration.

    Returns:
        18 columns with the default configuration; one for each metric, in the configuration's order.
    """
    columns: dict[str, pl.DataType] = {name: _TYPES.get(name, pl.String()) for name in FIXED_COLUMNS_BEFORE_METRICS}
    columns |= {metric.column: pl.Float64() for metric in config.metrics.values()}
    columns |= {name: _TYPES.get(name, pl.String()) for name in FIXED_COLUMNS_AFTER_METRICS}
    return pl.Schema(columns)
