"""The panel: a lazy cross join of servers and dates, with the metrics attached as columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import polars as pl

from capgen.columns import BEFORE_METRICS, COMMON_DATE_COLUMNS, LOCAL_DATE_COLUMNS, SERVER_COLUMNS
from capgen.config import Config, config_digest
from capgen.panel.calendar import calendars_of, float_columns
from capgen.panel.cell.mean import shared_columns
from capgen.panel.cell.memory import Workspace
from capgen.panel.cell.noise import NoiseSum
from capgen.panel.cell.steps import CellModel
from capgen.panel.cell.values import Array, chunk_values
from capgen.panel.chunks import Chunk
from capgen.panel.clocks import clocks
from capgen.panel.crossed import Crossed
from capgen.panel.fleet import server_frames
from capgen.panel.layered import layered_archetype
from capgen.panel.schema import nullable_metrics, panel_schema
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span, TimeAxis

_DATES = {*COMMON_DATE_COLUMNS, *LOCAL_DATE_COLUMNS}
_KEPT_DATES = 4  # two archetypes at a time, and two halves of a year of minutes
_STEPS_AT_ONCE = 2**16  # seven years of hours: up to so many, to ask takes as long as to answer


@dataclass(frozen=True)
class Panel:
    """Everything that chunks of a panel are made from; `panel_of` makes one.

    Args:
        config: the panel's configuration.
        axis: its time axis.
        fleets: the server frame of each archetype, sorted by server_id.
        models: the model of each archetype's cells.
        dates: returns the date frame of an archetype, a clock and a span of one year: the
            calendar, and the mean of each metric.
        schema: its columns.
        may_be_null: those in which a value may be missing, as NaN says.
    """

    config: Config
    axis: TimeAxis
    fleets: dict[str, pl.DataFrame]
    models: dict[str, CellModel]
    dates: Callable[[str, str, Span], pl.DataFrame]
    schema: pl.Schema
    may_be_null: frozenset[str]

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
            servers: the chunk's server frame.
            columns: which of the panel's columns to make; by default all. What they do not need is
                not drawn.
            workspace: memory for the metrics; the result is good until it is used again.

        Returns:
            The columns, in the panel's order.
        """
        return self.crossed(chunk, servers, columns, workspace).frame()

    def crossed(
        self,
        chunk: Chunk,
        servers: pl.DataFrame,
        columns: Sequence[str] | None = None,
        workspace: Workspace | None = None,
    ) -> Crossed:
        """Return a chunk whose servers and dates are not yet crossed; see `cells`."""
        names = [name for name in self.schema if columns is None or name in columns]
        followed = dict.fromkeys(servers["clock"].to_list())
        dates = {clock: self.dates(chunk.archetype, clock, chunk.span) for clock in followed}
        values = chunk_values(
            self.config,
            self.models[chunk.archetype],
            chunk,
            servers,
            {clock: float_columns(frame) for clock, frame in dates.items()},
            names,
            workspace or Workspace(),
        )
        if len(dates) > 1:
            values |= _local_flags(servers, dates)
        # Of servers and dates only what the panel shows: to cross wider frames takes longer. The
        # keys in any case: they say how many there are.
        wanted = {*names, *BEFORE_METRICS} - values.keys()
        kept = [name for name in self.schema if name in wanted]
        return Crossed(
            names,
            servers[[name for name in kept if name in SERVER_COLUMNS]],
            next(iter(dates.values()))[[name for name in kept if name in _DATES]],
            {name: values[name] for name in names if name in values},
            self.may_be_null,
        )

    @cached_property
    def config_digest(self) -> str:
        """The digest of the configuration; every file names it."""
        return config_digest(self.config)

    @property
    def keeps_all_dates(self) -> bool:
        """Whether the dates of all years are worked out together."""
        return self.axis.span.size <= _STEPS_AT_ONCE

    def ahead(self, moment: int, kept: Collection[str]) -> Panel:
        """Return the panel of futures, whose server frames have the number of each row's as `draw`.

        Args:
            moment: the first step that is not known, counted from 1970-01-01 00:00.
            kept: what happens in them as it does in the panel, such as spikes.
        """
        models = {name: model.ahead(moment, kept) for name, model in self.models.items()}
        return replace(self, models=models)


def panel_of(config: Config) -> Panel:
    """Return the panel of a configuration; its `cells` may be called from many threads.

    Args:
        config: the panel's configuration.
    """
    fleets = server_frames(config)
    models = {name: cell_model(config, name) for name in config.archetypes}
    means = {name: list(shared_columns(model.layered)) for name, model in models.items()}
    calendars = calendars_of(config, clocks(config))

    @lru_cache(maxsize=_KEPT_DATES)
    def years(span: Span) -> pl.Series:
        stamp = stamps(config.axis, span, None)["timestamp"]
        return stamp.dt.year().cast(pl.Int64).alias("year")

    @lru_cache(maxsize=_KEPT_DATES * len(calendars))
    def known(archetype: str, clock: str, span: Span) -> pl.DataFrame:
        # One after the other: threads would take longer to wake.
        return calendars[clock](span).with_columns_seq(years(span), *means[archetype])

    def dates(archetype: str, clock: str, span: Span) -> pl.DataFrame:
        every = config.axis.span
        together = every if every.size <= _STEPS_AT_ONCE else span
        return known(archetype, clock, together)[span.within(together)]

    schema = panel_schema(config)
    return Panel(config, config.axis, fleets, models, dates, schema, nullable_metrics(config))


def cell_model(config: Config, archetype: str) -> CellModel:
    """Return the model of an archetype's cells.

    Args:
        config: the panel's configuration.
        archetype: the archetype's name.
    """
    layered = layered_archetype(config, archetype)
    noise = NoiseSum.of(layered, repair=config.repair_correlation)
    return CellModel(layered, noise, config.decimals)


def _local_flags(servers: pl.DataFrame, dates: Mapping[str, pl.DataFrame]) -> dict[str, Array]:
    """Return the columns of the dates in which clocks differ, for each server by its own."""
    columns: dict[str, Array] = {}
    for name in LOCAL_DATE_COLUMNS:
        flags = {clock: frame[name].to_numpy() for clock, frame in dates.items()}
        columns[name] = np.concatenate([flags[clock] for clock in servers["clock"].to_list()])
    return columns
