"""What a value says of the samples of its step."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

RAW = "raw"  # the sample itself
MEAN = "mean"
P95 = "p95"
Statistic = Annotated[str, StringConstraints(pattern=r"^(raw|mean|min|max|p[1-9][0-9]?)$")]


def column_of(key: str, statistic: str) -> str:
    """Return the name of a metric's column, which says the statistic.

    Args:
        key: the metric's key.
        statistic: of the values in the column.
    """
    return key if statistic == RAW else f"{key}_{statistic}"


def count_column(column: str) -> str:
    """Return the name of the column with the number of samples behind a metric's values.

    Args:
        column: the metric's column.
    """
    return f"{column}_samples"
