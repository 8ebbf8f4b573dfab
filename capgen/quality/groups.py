"""Which servers are expected to behave alike: those of an archetype, those that share a clock, or each by itself.

The closed forms of the expectations are worked out for each group and hour. Where layers make each server different,
that would take as much work as the panel itself: a sample of servers is looked at then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import polars as pl

from capgen.config import Config
from capgen.panel.fleet import server_frame
from capgen.panel.layers.event_cells import touched_cells
from capgen.panel.layers.local_time import COMMON_CLOCK
from capgen.panel.time_axis import TimeAxis

_MOST_HOURS = 100_000  # of all servers of the sample together
_EVENT_SPANS: dict[str, pl.DataType] = {
    "server_id": pl.String(),
    "first_timestamp": pl.Datetime("us"),
    "stop_timestamp": pl.Datetime("us"),
}


class Level(Enum):
    """What a group is."""

    ARCHETYPE = 0
    CLOCK = 1
    SERVER = 2


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a panel.

    Args:
        level: what each of them is.
        rows: one row a group, by archetype: column group, and those of the server frame that its means follow from.
        members: columns server_id and group, of the servers that are looked at.
        event_spans: columns server_id, first_timestamp and stop_timestamp: cells of these servers to leave out.
    """

    level: Level
    rows: dict[str, pl.DataFrame]
    members: pl.DataFrame
    event_spans: pl.DataFrame


def groups_of(config: Config) -> Groups:
    """Return the groups of a configuration's panel.

    Args:
        config: a valid configuration.
    """
    level, frame = _level(config), server_frame(config)
    by_type = frame.partition_by("server_type", as_dict=True, maintain_order=True)
    fleets = {str(name): servers for (name,), servers in by_type.items()}
    if level is Level.SERVER:
        most = max(1, _MOST_HOURS // _hours(config) // len(fleets))
        rows = {name: _sample(servers, most).with_columns(group="server_id") for name, servers in fleets.items()}
    elif level is Level.CLOCK:
        rows = {name: _one_a_clock(servers) for name, servers in fleets.items()}
    else:
        common = pl.lit(COMMON_CLOCK).cast(frame.schema["clock"])
        rows = {name: pl.select(group=pl.lit(""), clock=common) for name in fleets}
    looked_at = pl.concat(rows.values()) if level is Level.SERVER else frame
    group = {
        Level.SERVER: pl.col("server_id"),
        Level.CLOCK: pl.col("clock").cast(pl.String),
        Level.ARCHETYPE: pl.lit(""),
    }
    members = looked_at.select("server_id", group=group[level])
    return Groups(level, rows, members, _event_spans(config, looked_at))


def _level(config: Config) -> Level:
    layers = config.layers
    lasting = [
        layers.server_offset,
        layers.server_growth,
        layers.events,
        layers.server_life and layers.server_life.resize,
    ]
    if any(lasting) or any(archetype.profile for archetype in config.archetypes.values()):
        return Level.SERVER
    return Level.CLOCK if layers.local_time else Level.ARCHETYPE


def _hours(config: Config) -> int:
    steps = TimeAxis.of(config).span.size
    return max(1, steps * min(config.step_minutes, bucket_minutes(config)) // bucket_minutes(config))


def bucket_minutes(config: Config) -> int:
    """Return how long the stretches are in which all factors but growth are constant.

    Args:
        config: a valid configuration.
    """
    return 15 if config.layers.local_time else 60  # some clocks differ from UTC by quarters of an hour


def _sample(servers: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return so many servers at the most, evenly spread."""
    count = min(most, servers.height)
    return servers[[position * servers.height // count for position in range(count)]]


def _one_a_clock(servers: pl.DataFrame) -> pl.DataFrame:
    return servers.select("clock").unique(maintain_order=True).with_columns(group=pl.col("clock").cast(pl.String))


def _event_spans(config: Config, servers: pl.DataFrame) -> pl.DataFrame:
    axis, ids = TimeAxis.of(config), servers["server_id"]
    spans = [
        (ids[each.server], axis.timestamp(each.span.first), axis.timestamp(each.span.stop))
        for each in touched_cells(config, servers, axis, axis.span)
    ]
    return pl.DataFrame(spans, schema=_EVENT_SPANS, orient="row")
