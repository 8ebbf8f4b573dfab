"""The panel's columns: names, types, order."""

from __future__ import annotations

import polars as pl

from capgen.config import Config
from capgen.config.rules import all_columns, expected_column
from capgen.system.forking import check_polars_answers

SERVER_COLUMNS = ("server_id", "server_type", "business_unit", "criticality", "region", "app_name")
_PLAIN_DATE_COLUMNS = ("timestamp", "year", "month", "quarter", "dayofweek", "is_eoq")
LOCAL_DATE_COLUMNS = ("is_weekend", "is_holiday")
_FLAGS = ("is_weekend", "is_eoq", "is_holiday", "is_spike", "is_outlier")
_TYPES: dict[str, pl.DataType] = {
    "timestamp": pl.Datetime("us"),
    "year": pl.Int64(),  # what DuckDB and Polars read from a folder named year=2024
} | dict.fromkeys(["month", "quarter", "dayofweek", *_FLAGS], pl.Int8())


def panel_schema(config: Config) -> pl.Schema:
    """Return the schema of the panel.

    Args:
        config: a valid configuration.

    Returns:
        19 columns with the default configuration; one for each metric, in the configuration's order; those of the
        truth where it is wanted.

    Raises:
        CapgenError: Polars does not answer; all that makes or reads a panel asks for its columns.
    """
    check_polars_answers()
    metrics = {metric.column for metric in config.metrics.values()}
    floats = metrics | set(map(expected_column, metrics))
    return pl.Schema(
        {name: pl.Float64() if name in floats else _TYPES.get(name, pl.String()) for name in all_columns(config)}
    )


def date_columns(config: Config) -> list[str]:
    """Return the columns that follow from the timestamp alone, whatever the server.

    Args:
        config: a valid configuration.
    """
    return [*_PLAIN_DATE_COLUMNS, *(() if config.layers.local_time else LOCAL_DATE_COLUMNS)]


def metrics_may_be_null(config: Config) -> bool:
    """Tell whether a value may be missing.

    Args:
        config: a valid configuration.
    """
    return config.layers.missing is not None or config.layers.server_life is not None
