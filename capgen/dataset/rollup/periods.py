"""Works out the periods of a rollup in SQL, and checks that they can be worked out."""

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

QUANTILE = 0.95  # as sql/rollup/periods.sql has it
_UNITS: Mapping[str, tuple[str, int]] = {"daily": ("day", MINUTES_PER_DAY), "hourly": ("hour", 60)}
_ROWS_AT_ONCE = 2**19  # of the source
_OTHER_COLUMNS = (*BEFORE_METRICS, "samples", "is_partial", *AFTER_METRICS)


def period_tables(connection: sql.Connection, config: Config, step: str) -> Iterator[pa.Table]:
    """Yield the rows of a partition, sorted, a few servers at a time; at least one table.

    Args:
        connection: with the dataset's rows of the partition as `panel`.
        config: what the dataset was built from.
        step: of the rollup.
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
    """Check that periods of a rollup are whole numbers of a dataset's steps.

    Args:
        config: what the dataset was built from.
        step: of the rollup.

    Raises:
        RequestError: they are not, or are no longer than its steps.
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
    """Check that each column of a rollup has a name of its own.

    Args:
        config: what the dataset was built from.

    Raises:
        RequestError: two would have the same; names it.
    """
    metrics = config.metrics.items()
    labels = [name for each in _labels(config) for name in each.values()]
    shares = [f"{STATE}_share"] if STATE in labels else []
    names = [
        *_OTHER_COLUMNS,
        *labels,
        *shares,
        *(name for key, each in metrics for name in (each.column, f"{key}_mean", f"{key}_max")),
    ]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise RequestError(
            f"metrics: a rollup would have two columns called {twice!r}; "
            "rename the metric that has it"
        )


def _labels(config: Config) -> list[dict[str, str]]:
    """Return the placeholders of the truth's labels that a dataset has."""
    kinds = {SPIKE: "flag", OUTLIER: "flag", OUTLIER_METRICS: "ids", EVENT: "ids", STATE: "state"}
    known = config.columns
    return [{kind: name} for name, kind in kinds.items() if name in known]
