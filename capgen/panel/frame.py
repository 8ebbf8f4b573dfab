"""The panel: a lazy cross join of servers and dates, with the metrics attached as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from capgen.columns import LOCAL_DATE_COLUMNS
from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.panel.calendar import open_calendar
from capgen.panel.cell.mean import shared_columns
from capgen.panel.cell.memory import Workspace
from capgen.panel.cell.noise import NoiseSum
from capgen.panel.cell.steps import CellModel
from capgen.panel.cell.values import Array, chunk_values
from capgen.panel.chunks import Chunk
from capgen.panel.clocks import clocks
from capgen.panel.fleet import server_frames
from capgen.panel.layered import layered_archetype
from capgen.panel.schema import metrics_may_be_null, panel_schema
from capgen.timeline.time_axis import Span, TimeAxis

_KEPT_DATES = 4  # two archetypes at a time, and two halves of a year of minutes


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that chunks of a panel are made from; `open_panel` makes one.

    Args:
        config: the configuration.
        axis: its time axis.
        fleets: the server frame of each archetype, sorted by server_id.
        models: of the cells of each archetype.
        dates: returns the date frame of an archetype, a clock and a span: the calendar, and the mean of each metric.
    """

    config: Config
    axis: TimeAxis
    fleets: dict[str, pl.DataFrame]
    models: dict[str, CellModel]
    dates: Callable[[str, str, Span], pl.DataFrame]

    def servers(self, chunk: Chunk) -> pl.DataFrame:
        """Return the server frame of a chunk.

        Args:
            chunk: some servers of one archetype over some steps of one year.
        """
        return self.fleets[chunk.archetype][chunk.first_server : chunk.stop_server]

    def cells(
        self,
        chunk: Chunk,
        servers: pl.DataFrame,
        columns: Sequence[str] | None = None,
        workspace: Workspace | None = None,
    ) -> pl.DataFrame:
        """Return the rows of a chunk, sorted by server_id and timestamp.

        Args:
            chunk: some servers of one archetype over some steps of one year.
            servers: its server frame; strings may be Enums, and are so in the result then.
            columns: those of the panel's columns to make; all without it. What they do not need is not drawn.
            workspace: holds the metrics; the result is good until it is used again.

        Returns:
            The columns, in the panel's order.
        """
        wanted = [
            name for name in panel_schema(self.config).names() if columns is None or name in columns
        ]
        followed = dict.fromkeys(servers["clock"].to_list())
        dates = {clock: self.dates(chunk.archetype, clock, chunk.span) for clock in followed}
        values = chunk_values(
            self.config,
            self.models[chunk.archetype],
            chunk,
            servers,
            {clock: _numbers(frame) for clock, frame in dates.items()},
            wanted,
            workspace or Workspace(),
        )
        year = pl.lit(self.axis.timestamp(chunk.span.first).year, pl.Int64).alias("year")
        cells = servers.lazy().join(
            next(iter(dates.values())).lazy(), how="cross", maintain_order="left_right"
        )
        local = {} if len(dates) == 1 else _local_flags(servers, dates)
        labels = cells.with_columns(year).select(
            each for each in wanted if each not in values and each not in local
        )
        # By position, not by an expression: that would copy all columns into pieces of equal length.
        series = _as_columns(values | local, self.config, servers.schema["server_id"])
        return pl.DataFrame([*labels.collect().get_columns(), *series])[wanted]


@contextmanager
def open_panel(config: Config) -> Iterator[Panel]:
    """Open the panel of a configuration.

    Args:
        config: a valid configuration.

    Yields:
        A panel whose `cells` may be called from many threads.
    """
    fleets = server_frames(config)
    models = {name: cell_model(config, name) for name in config.archetypes}
    with ExitStack() as stack:
        calendars = {
            clock: stack.enter_context(open_calendar(config, clock)) for clock in clocks(config)
        }

        @lru_cache(maxsize=_KEPT_DATES * len(calendars))
        def dates(archetype: str, clock: str, span: Span) -> pl.DataFrame:
            return calendars[clock](span).with_columns(shared_columns(models[archetype].layered))

        yield Panel(config, config.axis, fleets, models, dates)


def cell_model(config: Config, archetype: str) -> CellModel:
    """Return the model of an archetype's cells.

    Args:
        config: a valid configuration.
        archetype: its name.
    """
    layered = layered_archetype(config, archetype)
    noise = NoiseSum.of(layered, repair=config.repair_correlation)
    return CellModel(layered, noise, config.decimals)


def _local_flags(servers: pl.DataFrame, dates: Mapping[str, pl.DataFrame]) -> dict[str, Array]:
    """Return the columns of the dates in which clocks differ, for each server by its own."""
    flags = {
        clock: [frame[name].to_numpy() for name in LOCAL_DATE_COLUMNS]
        for clock, frame in dates.items()
    }
    columns = zip(*(flags[clock] for clock in servers["clock"].to_list()), strict=True)
    return {
        name: np.concatenate(column)
        for name, column in zip(LOCAL_DATE_COLUMNS, columns, strict=True)
    }


def _numbers(dates: pl.DataFrame) -> dict[str, Floats]:
    return {
        column.name: column.to_numpy()
        for column in dates.get_columns()
        if column.dtype == pl.Float64
    }


def _as_columns(values: Mapping[str, Array], config: Config, text: pl.DataType) -> list[pl.Series]:
    """Share the memory of arrays as columns; a missing value is null, and texts are Strings where the servers' are."""
    columns = [
        (each.cast(text) if text == pl.String else each).alias(name)
        if isinstance(each, pl.Series)
        else _as_column(name, each)
        for name, each in values.items()
    ]
    nullable = (
        {metric.column for metric in config.metrics.values()}
        if metrics_may_be_null(config)
        else set()
    )
    return [column.fill_nan(None) if column.name in nullable else column for column in columns]


def _as_column(name: str, array: NDArray[Any]) -> pl.Series:
    """Share the memory of an array by way of Arrow: given an array, Polars would load numpy.ma first."""
    buffers = [None, pa.py_buffer(array)]
    values = pa.Array.from_buffers(pa.from_numpy_dtype(array.dtype), array.size, buffers)
    return pl.DataFrame(pa.record_batch([values], names=[name])).to_series()


def as_enums(servers: pl.DataFrame) -> pl.DataFrame:
    """Turn strings into Enums, so that the cross join repeats small codes and Parquet gets ready-made dictionaries.

    Args:
        servers: a server frame.

    Returns:
        The frame, each column an Enum of the values that occur in it.
    """
    strings = [column for column in servers if column.dtype == pl.String]
    return servers.with_columns(
        column.cast(pl.Enum(column.unique(maintain_order=True))) for column in strings
    )
