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
from capgen.config import Config
from capgen.dataset.reading.servers import server_ranges
from capgen.errors import RequestError
from capgen.timeline.epoch import MINUTES_PER_DAY

QUANTILE = 0.95  # the same as in sql/rollup/periods.sql
_UNITS: Mapping[str, tuple[str, int]] = {"daily": ("day", MINUTES_PER_DAY), "hourly": ("hour", 60)}
_ROWS_AT_ONCE = 2**19  # rows of the dataset
_OTHER_COLUMNS = (*BEFORE_METRICS, "samples", "is_partial", *AFTER_METRICS)


def period_tables(connection: sql.Connection, config: Config, step: str) -> Iterator[pa.Table]:
    """Yield the sorted rows of a partition, a few servers at a time; at least one table.

    Args:
        connection: the database with the partition's rows as `panel`.
        config: the configuration that the dataset was built from.
        step: the rollup's step.
    """
    unit, minutes = _UNITS[step]
    metrics = [{"key": key, "column": metric.column} for key, metric in config.metrics.items()]
    query = sql.repeat_lines(sql.query_text("rollup/periods"), [*metrics, *_labels(config)])
    for first, last, _ in server_ranges(connection, _ROWS_AT_ONCE) or [("", "", 0)]:
        parameters = {
            "first": first,
            "last": last,
            "unit": unit,
            "whole_steps": minutes // config.step_minutes,
        }
        yield connection.sql(query, params=parameters).to_arrow_table()


def check_step(config: Config, step: str) -> None:
    """Check that a rollup's period is a whole number of a dataset's steps, and more than one.

    Args:
        config: the configuration that the dataset was built from.
        step: the rollup's step.

    Raises:
        RequestError: the period is not longer than a step, or not a whole number of steps.
    """
    minutes = _UNITS[step][1]
    if config.step_minutes >= minutes:
        raise RequestError(
            f"--to: expected a step coarser than the dataset's, {config.granularity}; got {step}"
        )
    if minutes % config.step_minutes:
        raise RequestError(
            f"--to: expected a step that the dataset's, {config.granularity}, divides; got {step}"
        )


def check_names(config: Config) -> None:
    """Check that no two columns of a rollup would have the same name.

    Args:
        config: the configuration that the dataset was built from.

    Raises:
        RequestError: two columns would; the message says the name.
    """
    names = [*_OTHER_COLUMNS]
    for label in _labels(config):
        names += label.values()
    if STATE in names:
        names.append(f"{STATE}_share")
    for key, metric in config.metrics.items():
        names += [metric.column, f"{key}_mean", f"{key}_max"]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        raise RequestError(
            f"metrics: a rollup would have two columns called {repeated!r}; "
            "rename the metric that has it"
        )


def _labels(config: Config) -> list[dict[str, str]]:
    """Return a dataset's labels of the truth by their placeholders in the query."""
    kinds = {SPIKE: "flag", OUTLIER: "flag", OUTLIER_METRICS: "ids", EVENT: "ids", STATE: "state"}
    known = config.columns
    return [{kind: name} for name, kind in kinds.items() if name in known]
