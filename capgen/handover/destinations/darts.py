"""Darts: a series a server, which has the metrics as components."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from capgen.handover.destination import File
from capgen.handover.forecasting import ALL_METRICS, ForecastTables, table_file
from capgen.handover.handed import Handed
from capgen.handover.parts import Part, note_absent, parts_of

_KEYS = ("server_id", "timestamp")


class Darts(ForecastTables):
    """Wide tables: a column a metric."""

    name = "darts"
    summary = "Darts, a `TimeSeries` a server: `server_id`, `timestamp`, a column a metric"
    loading = """\
frame, static = (pandas.read_parquet(f"DATA/{name}.parquet") for name in ["series", "static"])
keys = ("server_id", "timestamp", ["cpu_p95"], ["region"])
series = TimeSeries.from_group_dataframe(frame.merge(static), *keys)"""
    takes = frozenset({"until"})

    def files(self, handed: Handed) -> Iterator[File]:
        """Yield the metrics of each part, its calendar, and the servers' labels."""
        metrics = [metric.name for metric in handed.metrics]
        for part in parts_of(handed):
            yield table_file(handed, part.path(ALL_METRICS), _rows(handed, part, metrics))
            if handed.calendar:
                known = _rows(handed, part, handed.calendar)
                yield table_file(handed, part.path("calendar"), known)
        if handed.labels:
            labels = handed.servers.select("server_id", *handed.labels)
            yield table_file(handed, "static", iter([labels]))
        note_absent(handed)


def _rows(handed: Handed, part: Part, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    return map(part.rows, handed.frames([*_KEYS, *columns], full_grid=True))


DESTINATION = Darts()
