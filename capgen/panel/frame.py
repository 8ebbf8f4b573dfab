"""The panel: a lazy cross join of servers and dates, with the metrics attached as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
import pyarrow as pa

from capgen.config import Config
from capgen.config.correlation import correlation_matrix
from capgen.panel import metrics, noise
from capgen.panel.calendar import open_calendar
from capgen.panel.chunks import Chunk
from capgen.panel.fleet import fleet_frame
from capgen.panel.schema import panel_schema
from capgen.panel.time_axis import Span, TimeAxis
from capgen.panel.values import Workspace, chunk_values

_KEPT_DATES = 4  # two archetypes at a time, and two halves of a year of minutes


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that chunks of a panel are made from; `open_panel` makes one.

    Args:
        config: the configuration.
        axis: its time axis.
        fleets: the server frame of each archetype, sorted by server_id.
        factors: the Cholesky factor of each archetype's noise.
        dates: returns the date frame of an archetype and a span: the calendar, and the mean of each drawn metric.
    """

    config: Config
    axis: TimeAxis
    fleets: dict[str, pl.DataFrame]
    factors: dict[str, noise.Floats]
    dates: Callable[[str, Span], pl.DataFrame]

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
        wanted = [name for name in panel_schema(self.config).names() if columns is None or name in columns]
        dates = self.dates(chunk.archetype, chunk.span)
        means = [dates[metrics.mean_column(key)].to_numpy() for key in self.config.drawn_metrics]
        values = chunk_values(
            self.config,
            self.axis,
            chunk,
            servers["server_id"].to_list(),
            means,
            self.factors[chunk.archetype],
            wanted,
            workspace or Workspace(),
        )
        year = pl.lit(self.axis.timestamp(chunk.span.first).year, pl.Int64).alias("year")
        cells = servers.lazy().join(dates.lazy(), how="cross", maintain_order="left_right").with_columns(year)
        labels = cells.select(name for name in wanted if name not in values).collect()
        # By position, not by an expression: that would copy all columns into pieces of equal length.
        return pl.DataFrame([*labels.get_columns(), *_as_columns(values)])[wanted]


@contextmanager
def open_panel(config: Config) -> Iterator[Panel]:
    """Open the panel of a configuration.

    Args:
        config: a valid configuration.

    Yields:
        A panel whose `chunk` may be called from many threads.
    """
    fleets = fleet_frame(config).partition_by("server_type", as_dict=True, maintain_order=True)
    factors = {
        name: noise.cholesky(
            correlation_matrix(archetype.correlation, config.drawn_metrics, repair=config.repair_correlation)
        )
        for name, archetype in config.archetypes.items()
    }
    with open_calendar(config) as calendar:

        @lru_cache(maxsize=_KEPT_DATES)
        def dates(archetype: str, span: Span) -> pl.DataFrame:
            means = metrics.mean_expressions(config, config.archetypes[archetype])
            columns = [name for name in panel_schema(config).names() if name in calendar(span).columns]
            return calendar(span).select(*columns, *means)

        by_name = {str(name): servers for (name,), servers in fleets.items()}
        yield Panel(config, TimeAxis.of(config), by_name, factors, dates)


def _as_columns(values: Mapping[str, noise.Floats]) -> list[pl.Series]:
    """Share the memory of arrays as columns, as Arrow buffers: given arrays, Polars would load numpy.ma first."""
    if not values:
        return []
    arrays = [pa.Array.from_buffers(pa.float64(), each.size, [None, pa.py_buffer(each)]) for each in values.values()]
    return pl.DataFrame(pa.record_batch(arrays, names=list(values))).get_columns()


def as_enums(servers: pl.DataFrame) -> pl.DataFrame:
    """Turn strings into Enums, so that the cross join repeats small codes and Parquet gets ready-made dictionaries.

    Args:
        servers: a server frame.

    Returns:
        The frame, each column an Enum of the values that occur in it.
    """
    return servers.with_columns(column.cast(pl.Enum(column.unique(maintain_order=True))) for column in servers)
