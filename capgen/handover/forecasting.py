"""Tables as forecasting libraries take them: values, what is known beforehand, what servers are.

Each server has its full grid, with a null where there is no value: libraries take a row that is
not there for a step that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

import polars as pl

from capgen.dataset.metric_column import MetricColumn
from capgen.handover.destination import Destination, File
from capgen.handover.handed import Handed
from capgen.handover.parts import Part, note_absent, parts_of
from capgen.handover.tables import write_table

ALL_METRICS = "series"  # the name of a file with all of them


class ForecastTables(Destination):
    """Values of each part, their calendar, and the servers' labels."""

    forms = ("parquet", "csv")

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield that there is nothing to forecast."""
        if not handed.metrics:
            yield "--columns: expected at least one metric among them, got none"


class LongTables(ForecastTables):
    """Long tables: a row for each series and step.

    Attributes:
        series: name of the column that says which series a row is of.
        time: name of the column of timestamps.
        value: name of the column of values.
    """

    takes = frozenset({"until", "stacked"})
    series: ClassVar[str]
    time: ClassVar[str]
    value: ClassVar[str]

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the values of each part, its calendar, and the servers' labels."""
        for part in parts_of(handed):
            for name, metrics in _value_files(handed):
                yield table_file(handed, part.path(name), self._values(handed, part, metrics))
            if handed.calendar:
                yield table_file(handed, part.path("calendar"), self._calendar(handed, part))
        if handed.labels:
            yield table_file(handed, "static", self._statics(handed))
        note_absent(handed)

    def _values(
        self, handed: Handed, part: Part, metrics: Sequence[MetricColumn]
    ) -> Iterator[pl.DataFrame]:
        for metric in metrics:
            value = pl.col(metric.name).alias(self.value)
            yield from self._rows(handed, part, metric, [metric.name], [value])

    def _calendar(self, handed: Handed, part: Part) -> Iterator[pl.DataFrame]:
        known = [pl.col(name) for name in handed.calendar]
        for metric in _keys(handed):
            yield from self._rows(handed, part, metric, handed.calendar, known)

    def _statics(self, handed: Handed) -> Iterator[pl.DataFrame]:
        for metric in _keys(handed):
            yield handed.servers.select(_series(handed, metric).alias(self.series), *handed.labels)

    def _rows(
        self,
        handed: Handed,
        part: Part,
        metric: MetricColumn,
        columns: Sequence[str],
        values: Sequence[pl.Expr],
    ) -> Iterator[pl.DataFrame]:
        keys = [
            _series(handed, metric).alias(self.series),
            pl.col("timestamp").alias(self.time),
        ]
        for frame in handed.frames(["server_id", "timestamp", *columns], full_grid=True):
            yield part.rows(frame).select(*keys, *values)


def table_file(handed: Handed, name: str, frames: Iterator[pl.DataFrame]) -> File:
    """Return a file with a table, in the format that is asked for.

    Args:
        handed: the rows that are handed over.
        name: the file's path, without the ending.
        frames: the table's rows, read when the file is written.
    """
    return File(f"{name}.{handed.form}", partial(write_table, handed, frames))


def _value_files(handed: Handed) -> Iterator[tuple[str, Sequence[MetricColumn]]]:
    if handed.request.stacked:
        yield ALL_METRICS, handed.metrics
    else:
        yield from ((metric.name, [metric]) for metric in handed.metrics)


def _keys(handed: Handed) -> Sequence[MetricColumn]:
    """Return the metrics whose series have names of their own; else one for all."""
    return handed.metrics if handed.request.stacked else handed.metrics[:1]


def _series(handed: Handed, metric: MetricColumn) -> pl.Expr:
    """Return the names of a metric's series, which are unique in a file."""
    server = pl.col("server_id")
    return server + f"/{metric.name}" if handed.request.stacked else server
