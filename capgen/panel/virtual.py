"""The virtual panel as an Arrow dataset: what DuckDB reads it through, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """A panel that nobody wrote, for readers of Arrow datasets: they ask for columns and rows, and get only these.

    Args:
        config: a valid configuration.
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
            columns: names; all without it.
            filter: which rows; all without it.
        """
        names = self._schema.names if columns is None else list(columns)
        return _Scanner(
            self._config, names, filter, pa.schema([self._schema.field(name) for name in names])
        )


@dataclass(frozen=True)
class _Scanner:
    config: Config
    columns: list[str]
    filter: pc.Expression | None
    projected_schema: pa.Schema

    def to_reader(self) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(self.projected_schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        # A filter may use columns that are not asked for; without one, only what is asked for is made.
        names = (
            panel_schema(self.config).names()
            if self.filter is not None
            else self.columns or ["timestamp"]
        )
        predicate = None if self.filter is None else _possible(self.config, self.filter)
        for frame in frames(self.config, names, predicate):
            table = frame.to_arrow()
            rows = table if self.filter is None else table.filter(self.filter)
            yield from rows.select(self.columns).to_batches()


def _possible(config: Config, condition: pc.Expression) -> pl.Expr:
    """Return which servers and days a condition can hold for: Arrow simplifies it by what is known of each."""
    servers = fleet_frame(config)
    known = [
        _all(pc.field(name) == value for name, value in row.items())
        for row in servers.iter_rows(named=True)
    ]
    ids = [servers["server_id"][position] for position in _matching(config, known, condition)]
    days = [
        config.start_date + timedelta(days=day)
        for day in range((config.end_date - config.start_date).days + 1)
    ]
    on_days = [
        days[position]
        for position in _matching(config, [_known_of(day) for day in days], condition)
    ]
    return pl.col("server_id").is_in(ids) & pl.col("timestamp").dt.date().is_in(on_days)


def _known_of(day: date) -> pc.Expression:
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


def _all(conditions: Any) -> pc.Expression:
    first, *others = conditions
    for each in others:
        first = first & each
    return first


def _matching(
    config: Config, known: Sequence[pc.Expression], condition: pc.Expression
) -> list[int]:
    """Return the positions of those for which a condition is not known to be false."""
    disk, parquet = LocalFileSystem(), ds.ParquetFileFormat()
    # No such files exist: a dataset tells from what is known of each part which ones it would have to read.
    parts = [
        parquet.make_fragment(str(position), filesystem=disk, partition_expression=each)
        for position, each in enumerate(known)
    ]
    schema = pl.DataFrame(schema=panel_schema(config)).to_arrow().schema
    every = ds.FileSystemDataset(parts, schema, parquet, filesystem=disk)
    return [int(part.path) for part in every.get_fragments(filter=condition)]
