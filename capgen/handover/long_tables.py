"""Long tables, as forecasting libraries take them: a row for each series and step.

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
from capgen.handover.parts import Part, absent_notes, parts_of
from capgen.handover.tables import write_table

ALL_METRICS = "series"  # the name of the file with all of them


class LongTables(Destination):
    """Long tables of values, of what is known beforehand, and of what servers are.

    Attributes:
        series: name of the column that says which series a row is of.
        time: name of the column of timestamps.
        value: name of the column of values.
    """

    forms = ("parquet", "csv")
    takes = frozenset({"until", "stacked"})
    series: ClassVar[str]
    time: ClassVar[str]
    value: ClassVar[str]

    def problems(self, handed: Handed) -> Iterator[str]:
        """Yield that there is nothing to forecast."""
        if not handed.metrics:
            yield "--columns: expected at least one metric among them, got none"

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the values of each part, its calendar, and the servers' labels."""
        for part in parts_of(handed):
            for name, metrics in _value_files(handed):
                yield self._table(handed, part.path(name), self._values(handed, part, metrics))
            if handed.calendar:
                yield self._table(handed, part.path("calendar"), self._calendar(handed, part))
        if handed.labels:
            yield self._table(handed, "static", self._statics(handed))

    def notes(self, handed: Handed) -> Iterator[str]:
        """Yield the servers that have no rows in a part."""
        return absent_notes(handed)

    def _table(self, handed: Handed, name: str, frames: Iterator[pl.DataFrame]) -> File:
        return File(f"{name}.{handed.form}", partial(write_table, handed, frames))

    def _values(
        self, handed: Handed, part: Part, metrics: Sequence[MetricColumn]
    ) -> Iterator[pl.DataFrame]:
        for metric in metrics:
            columns = ["server_id", "timestamp", metric.name]
            for frame in handed.frames(columns, full_grid=True):
                yield part.rows(frame).select(
                    _series(handed, metric).alias(self.series),
                    pl.col("timestamp").alias(self.time),
                    pl.col(metric.name).alias(self.value),
                )

    def _calendar(self, handed: Handed, part: Part) -> Iterator[pl.DataFrame]:
        columns = ["server_id", "timestamp", *handed.calendar]
        for metric in _keys(handed):
            for frame in handed.frames(columns, full_grid=True):
                yield part.rows(frame).select(
                    _series(handed, metric).alias(self.series),
                    pl.col("timestamp").alias(self.time),
                    *handed.calendar,
                )

    def _statics(self, handed: Handed) -> Iterator[pl.DataFrame]:
        for metric in _keys(handed):
            yield handed.servers.select(_series(handed, metric).alias(self.series), *handed.labels)


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
