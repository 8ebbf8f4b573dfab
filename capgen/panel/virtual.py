"""The virtual panel as an Arrow dataset, through which DuckDB reads it chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem

from capgen.config import Config
from capgen.panel.fleet import fleet_frame
from capgen.panel.scanning import frames
from capgen.panel.schema import panel_schema


class VirtualPanel(ds.Dataset):  # type: ignore[misc]
    """An unwritten panel for readers of Arrow datasets: they get only what they ask for.

    Args:
        config: the panel's configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._schema = pl.DataFrame(schema=panel_schema(config)).to_arrow().schema

    @property
    def schema(self) -> pa.Schema:
        """The panel's columns."""
        return self._schema

    def scanner(
        self,
        columns: Sequence[str] | None = None,
        filter: pc.Expression | None = None,  # noqa: A002 - the name that Arrow gives it
        **_options: Any,
    ) -> _Scanner:
        """Return what reads some columns and rows.

        Args:
            columns: names of the columns to read; by default all.
            filter: which rows to read; by default all.
        """
        names = self._schema.names if columns is None else list(columns)
        projected = pa.schema([self._schema.field(name) for name in names])
        return _Scanner(self._config, names, filter, projected)


@dataclass(frozen=True)
class _Scanner:
    config: Config
    columns: list[str]
    filter: pc.Expression | None
    projected_schema: pa.Schema

    def to_reader(self) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(self.projected_schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        if self.filter is None:
            for frame in frames(self.config, self.columns or ["timestamp"]):
                yield from frame.to_arrow().select(self.columns).to_batches()
            return
        names = panel_schema(self.config).names()  # a filter may use any
        for frame in frames(self.config, names, _possible(self.config, self.filter)):
            rows = frame.to_arrow().filter(self.filter)
            yield from rows.select(self.columns).to_batches()


def _possible(config: Config, condition: pc.Expression) -> pl.Expr:
    """Return which servers and days a condition can hold for.

    Arrow simplifies the condition by what is known of each.
    """
    servers = fleet_frame(config)
    known = [_known_of_server(row) for row in servers.iter_rows(named=True)]
    ids = [servers["server_id"][position] for position in _matching(config, known, condition)]
    count = (config.end_date - config.start_date).days + 1
    days = [config.start_date + timedelta(days=day) for day in range(count)]
    known = [_known_of_day(day) for day in days]
    on_days = [days[position] for position in _matching(config, known, condition)]
    return pl.col("server_id").is_in(ids) & pl.col("timestamp").dt.date().is_in(on_days)


def _known_of_server(row: Mapping[str, Any]) -> pc.Expression:
    return _all([pc.field(name) == value for name, value in row.items()])


def _known_of_day(day: date) -> pc.Expression:
    # Whole numbers of the columns' own types: Arrow does not simplify across types.
    numbers = {"month": day.month, "quarter": (day.month + 2) // 3, "dayofweek": day.weekday()}
    small = [pc.field(name) == pa.scalar(value, pa.int8()) for name, value in numbers.items()]
    midnights = (datetime.combine(each, time.min) for each in (day, day + timedelta(days=1)))
    first, stop = (pa.scalar(midnight, pa.timestamp("us")) for midnight in midnights)
    return _all(
        [
            pc.field("year") == day.year,
            *small,
            pc.field("timestamp") >= first,
            pc.field("timestamp") < stop,
        ]
    )


def _all(conditions: Sequence[pc.Expression]) -> pc.Expression:
    every, *others = conditions
    for condition in others:
        every = every & condition
    return every


def _matching(
    config: Config, known: Sequence[pc.Expression], condition: pc.Expression
) -> list[int]:
    """Return the positions of those for which a condition is not known to be false."""
    disk = LocalFileSystem()
    parquet = ds.ParquetFileFormat()
    # No such files exist: from what is known of each part, a dataset tells which it would read.
    parts = []
    for position, of_part in enumerate(known):
        name = str(position)
        part = parquet.make_fragment(name, filesystem=disk, partition_expression=of_part)
        parts.append(part)
    schema = pl.DataFrame(schema=panel_schema(config)).to_arrow().schema
    every = ds.FileSystemDataset(parts, schema, parquet, filesystem=disk)
    return [int(part.path) for part in every.get_fragments(filter=condition)]
