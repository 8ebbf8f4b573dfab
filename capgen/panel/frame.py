"""The panel: a lazy cross join of servers and dates, with noise attached as columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from capgen.config import Config
from capgen.config.correlation import correlation_matrix
from capgen.panel import metrics, noise
from capgen.panel.calendar import CalendarFrame, open_calendar
from capgen.panel.chunks import Chunk
from capgen.panel.fleet import fleet_frame
from capgen.panel.schema import panel_schema
from capgen.panel.time_axis import TimeAxis


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that chunks of a panel are made from; `open_panel` makes one.

    Args:
        config: the configuration.
        axis: its time axis.
        fleets: the server frame of each archetype, sorted by server_id.
        factors: the Cholesky factor of each archetype's noise.
        calendar: returns the date frame of a span.
    """

    config: Config
    axis: TimeAxis
    fleets: dict[str, pl.DataFrame]
    factors: dict[str, noise.Floats]
    calendar: CalendarFrame

    def chunk(self, chunk: Chunk) -> pl.LazyFrame:
        """Return the rows of a chunk, sorted by server_id and timestamp.

        Args:
            chunk: some servers of one archetype over some steps of one year.

        Returns:
            The panel's columns; strings are Enums of the values that occur in the chunk.
        """
        archetype = self.config.archetypes[chunk.archetype]
        servers = _as_enums(self.fleets[chunk.archetype][chunk.first_server : chunk.stop_server])
        dates = self.calendar(chunk.span).lazy().with_columns(metrics.mean_expressions(self.config, archetype))
        cells = servers.lazy().join(dates, how="cross", maintain_order="left_right")
        return (
            pl.concat([cells, self._draws(chunk, servers["server_id"].to_list()).lazy()], how="horizontal")
            .with_columns(
                *metrics.value_expressions(self.config, archetype),
                pl.lit(self.axis.timestamp(chunk.span.first).year, pl.Int64).alias("year"),
            )
            .select(panel_schema(self.config).names())
        )

    def _draws(self, chunk: Chunk, server_ids: list[str]) -> pl.DataFrame:
        """Return the noise and spike columns of a chunk."""
        seed, keys = self.config.seed, self.config.drawn_metrics
        probability = self.config.archetypes[chunk.archetype].spike.probability
        normals = noise.draw_normals(seed, server_ids, self.axis, chunk.span, len(keys))
        correlated = noise.correlate(self.factors[chunk.archetype], normals)
        spikes = noise.draw_spikes(seed, server_ids, self.axis, chunk.span, probability)
        columns = {metrics.noise_column(key): values.ravel() for key, values in zip(keys, correlated, strict=True)}
        return pl.DataFrame({**columns, metrics.SPIKE: spikes.ravel()})


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
        by_name = {str(name): servers for (name,), servers in fleets.items()}
        yield Panel(config, TimeAxis.of(config), by_name, factors, calendar)


def _as_enums(servers: pl.DataFrame) -> pl.DataFrame:
    """Turn strings into Enums, so that the cross join repeats small codes and Parquet gets ready-made dictionaries."""
    return servers.with_columns(column.cast(pl.Enum(column.unique(maintain_order=True))) for column in servers)
