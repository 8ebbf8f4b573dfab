"""Computes the periods of a rollup with SQL, and checks that a rollup is possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from capgen import sql
from capgen.columns import (
    AFTER_METRICS,
    BEFORE_METRICS,
    EVENT,
    OUTLIER,
    OUTLIER_METRICS,
    SPIKE,
    STATE,
)
from capgen.dataset.description import Description
from capgen.dataset.reading.servers import server_ranges
from capgen.dataset.rollup.rolled import left_out, rolled_columns
from capgen.errors import RequestError
from capgen.storage.layout import PARTITION_KEYS
from capgen.timeline.epoch import MINUTES_PER_DAY

QUANTILE = 0.95  # the same as in sql/rollup/periods.sql
_UNITS: Mapping[str, tuple[str, int]] = {"daily": ("day", MINUTES_PER_DAY), "hourly": ("hour", 60)}
_ROWS_AT_ONCE = 2**19  # rows of the dataset
_OTHER_COLUMNS = (*BEFORE_METRICS, "samples", "is_partial", *AFTER_METRICS)


def period_tables(
    connection: sql.Connection, described: Description, step: str
) -> Iterator[pa.Table]:
    """Yield the sorted rows of a partition, a few servers at a time; at least one table.

    Args:
        connection: the database with the partition's rows as `panel`.
        described: what the dataset's rows are.
        step: the rollup's step.
    """
    unit, minutes = _UNITS[step]
    metrics = [rolled.names for rolled in rolled_columns(described)]
    labels = [{"label": name} for name in described.labels if name not in PARTITION_KEYS]
    repeats = [*metrics, *labels, *_truth(described)]
    query = sql.repeat_lines(sql.query_text("rollup/periods"), repeats)
    for first, last, _ in server_ranges(connection, _ROWS_AT_ONCE) or [("", "", 0)]:
        parameters = {
            "first": first,
            "last": last,
            "unit": unit,
            "whole_steps": minutes // described.step_minutes,
        }
        yield connection.sql(query, params=parameters).to_arrow_table()


def check_step(described: Description, step: str) -> None:
    """Check that a rollup's period is a whole number of a dataset's steps, and more than one.

    Args:
        described: what the dataset's rows are.
        step: the rollup's step.

    Raises:
        RequestError: the period is none of a rollup's, not longer than a step, or not a whole
            number of steps.
    """
    if step not in _UNITS:
        raise RequestError(f"--to: expected {' or '.join(_UNITS)}, got {step!r}")
    minutes = _UNITS[step][1]
    if described.step_minutes >= minutes:
        raise RequestError(
            f"--to: expected a step coarser than the dataset's, {described.granularity}; got {step}"
        )
    if minutes % described.step_minutes:
        raise RequestError(
            f"--to: expected a step that the dataset's, {described.granularity}, divides; "
            f"got {step}"
        )


def check_names(described: Description) -> None:
    """Check that a rollup would have columns of metrics, no two of the same name.

    Args:
        described: what the dataset's rows are.

    Raises:
        RequestError: two columns would, and the message says the name; or there would be none.
    """
    names = [*_OTHER_COLUMNS]
    for label in _truth(described):
        names += label.values()
    if STATE in names:
        names.append(f"{STATE}_share")
    rolled = rolled_columns(described)
    if not rolled:
        reason = left_out(described)[0]
        raise RequestError(f"--to: expected a column to roll up, got none: {reason}")
    for each in rolled:
        names += [metric.name for metric in each.metrics]
        names += [name for key, name in each.names.items() if key == "counted"]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        raise RequestError(
            f"metrics: a rollup would have two columns called {repeated!r}; "
            "rename the metric that has it"
        )


def _truth(described: Description) -> list[dict[str, str]]:
    """Return a dataset's labels of the truth by their placeholders in the query."""
    kinds = {SPIKE: "flag", OUTLIER: "flag", OUTLIER_METRICS: "ids", EVENT: "ids", STATE: "state"}
    return [{kind: name} for name, kind in kinds.items() if name in described.schema]
