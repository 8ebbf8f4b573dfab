"""The panel's columns: names, order, types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

SERVER_COLUMNS = (
    "server_id",
    "server_type",
    "business_unit",
    "criticality",
    "region",
    "app_name",
)
# What follows from the timestamp by every clock alike, and by a server's own clock.
COMMON_DATE_COLUMNS = ("timestamp", "year", "month", "quarter", "dayofweek", "is_eoq")
LOCAL_DATE_COLUMNS = ("is_weekend", "is_holiday")
SPIKE = "is_spike"
OUTLIER = "is_outlier"
OUTLIER_METRICS = "outlier_metrics"
EVENT = "event_id"
LABELS = (SPIKE, OUTLIER, OUTLIER_METRICS, EVENT)
STATE = "state"
_OF_FILES = ("filename", "file_row_number")  # which DuckDB adds to the rows that it reads
BEFORE_METRICS = ("timestamp", "server_id")
AFTER_METRICS = (
    "server_type",
    "business_unit",
    "criticality",
    "region",
    "app_name",
    "year",
    "month",
    "quarter",
    "dayofweek",
    "is_weekend",
    "is_eoq",
    "is_holiday",
)
_SMALL = ("month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday", SPIKE, OUTLIER)
_TYPES: dict[str, pl.DataType] = {
    "timestamp": pl.Datetime("us"),
    "year": pl.Int64(),  # what DuckDB and Polars read from a folder named year=2024
} | dict.fromkeys(_SMALL, pl.Int8())

# The types of columns as DuckDB calls them.
SQL_TYPES: dict[pl.DataType, str] = {
    pl.Datetime("us"): "TIMESTAMP",
    pl.String(): "VARCHAR",
    pl.Float64(): "DOUBLE",
    pl.Int64(): "BIGINT",
    pl.Int32(): "INTEGER",
    pl.Int8(): "TINYINT",
}


def expected_column(column: str) -> str:
    """Return the name of the truth column that holds a metric's mean.

    Args:
        column: the metric's column.
    """
    return f"{column}_expected"


def taken_names(metrics: Iterable[str]) -> set[str]:
    """Return the names that no metric's column may have.

    Args:
        metrics: the columns of all metrics.
    """
    expected = map(expected_column, metrics)
    return {*BEFORE_METRICS, *AFTER_METRICS, *LABELS, STATE, *_OF_FILES, *expected}


def ordered_columns(
    metrics: Sequence[str], *, truth: bool, states: bool, first: Sequence[str]
) -> list[str]:
    """Return a panel's columns, in their order.

    Args:
        metrics: columns of the metrics, in order.
        truth: whether the truth is wanted.
        states: whether servers have states.
        first: columns that come before all others.
    """
    labels = (*map(expected_column, metrics), *LABELS) if truth else ()
    of_states = (STATE,) if truth and states else ()
    columns = (*BEFORE_METRICS, *metrics, *AFTER_METRICS, *labels, *of_states)
    return list(dict.fromkeys([*first, *columns]))


def schema_of(columns: Iterable[str], metrics: Iterable[str]) -> pl.Schema:
    """Return the schema of some of a panel's columns.

    Args:
        columns: their names, in order.
        metrics: columns of the panel's metrics.
    """
    of_metrics = set(metrics)
    floats = of_metrics | set(map(expected_column, of_metrics))
    types = {name: _TYPES.get(name, pl.String()) for name in columns}
    return pl.Schema(
        {name: pl.Float64() if name in floats else kind for name, kind in types.items()}
    )
