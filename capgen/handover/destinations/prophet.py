"""Prophet: a table a series, with the limits that logistic growth needs."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from capgen.dataset.metric_column import MetricColumn
from capgen.handover.destination import File
from capgen.handover.forecasting import ForecastTables, table_file
from capgen.handover.handed import Handed
from capgen.handover.names import file_name
from capgen.handover.parts import note_absent, parts_of


class Prophet(ForecastTables):
    """A table for each server and metric; the calendar is there for `add_regressor`."""

    name = "prophet"
    summary = (
        "Prophet, a file a series: `ds`, `y`, `cap` and `floor` where limits are known, "
        "and the calendar for `add_regressor`"
    )
    loading = """\
frame = pandas.read_csv("DATA/cpu_p95/server_000.csv", parse_dates=["ds"])
model = Prophet(growth="logistic").add_regressor("is_holiday").fit(frame)
forecast = model.predict(frame)"""
    forms = ("csv", "parquet")
    takes = frozenset({"until"})

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield a file for each metric, server and part in which it has rows; and the labels."""
        for metric in handed.metrics:
            yield from _of_metric(handed, metric)
        if handed.labels:
            labels = handed.servers.select("server_id", *handed.labels)
            yield table_file(handed, "static", iter([labels]))
        note_absent(handed)


def _of_metric(handed: Handed, metric: MetricColumn) -> Iterator[File]:
    columns = ["timestamp", metric.name, *handed.calendar]
    limits = dict(zip(("cap", "floor"), handed.limits(metric) or (), strict=False))
    for server, rows in handed.servers_rows(columns, full_grid=True):
        for part in parts_of(handed):
            table = part.rows(rows).select(
                pl.col("timestamp").alias("ds"),
                pl.col(metric.name).alias("y"),
                *(pl.lit(limit).alias(name) for name, limit in limits.items()),
                *handed.calendar,
            )
            if table.height:
                path = part.path(f"{metric.name}/{file_name(server)}")
                yield table_file(handed, path, iter([table]))


DESTINATION = Prophet()
