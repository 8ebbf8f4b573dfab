"""Checks the users' own expressions before any work."""

from __future__ import annotations

from collections.abc import Iterable

from capgen import sql
from capgen.errors import RequestError
from capgen.telemetry.readers.reader import ReadMetric

_SAMPLE = "values (1e0), (2e0)"


def check_expressions(metrics: Iterable[ReadMetric]) -> None:
    """Check that each expression makes one number of one number.

    Args:
        metrics: what the reader found.

    Raises:
        RequestError: an expression does not.
    """
    for metric in metrics:
        if metric.expression is not None:
            _check(metric.key, metric.expression)


def _check(key: str, expression: str) -> None:
    try:
        with sql.connect_empty({"enable_external_access": False}) as connection:
            values = connection.sql(_SAMPLE).project("col0 as value")
            found = values.project(f"({expression})::double").fetchall()
    except sql.DatabaseError as error:
        reason = str(error).splitlines()[0]
        raise RequestError(
            f"metrics.{key}.expression: expected SQL with value, such as 100 - value, got "
            f"{expression[:60]!r}: {reason}"
        ) from None
    if len(found) != 2:
        raise RequestError(
            f"metrics.{key}.expression: expected a number for each value, got {expression[:60]!r}"
        )
