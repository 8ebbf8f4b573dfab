"""Which servers are expected to behave alike: those of an archetype that share a clock, or each by itself.

The closed forms of the expectations are worked out for each group and hour. Where layers make each server different,
that would take as much work as the panel itself: few servers are looked at then.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from capgen.config import Config
from capgen.panel.fleet import server_frames
from capgen.panel.layered import on_anywhere
from capgen.quality.expected.buckets import bucket_minutes
from capgen.quality.expected.incidents import events_of
from capgen.quality.sample import evenly_spread, servers_an_archetype

_MOST_HOURS = 100_000  # of all servers together, where each is a group
_EVENT_SPANS: dict[str, pl.DataType] = {
    "server_id": pl.String(),
    "event": pl.String(),
    "first_timestamp": pl.Datetime("us"),
    "stop_timestamp": pl.Datetime("us"),
}


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a panel.

    Args:
        rows: one row a group, by archetype: column group, and those of the server frame that its means follow from.
        members: columns server_id and group, of the servers that are looked at.
        event_spans: from `event_spans`: cells of these servers to leave out.
    """

    rows: dict[str, pl.DataFrame]
    members: pl.DataFrame
    event_spans: pl.DataFrame


def groups_of(config: Config, most_rows: int | None) -> Groups:
    """Return the groups of a configuration's panel.

    Args:
        config: a valid configuration.
        most_rows: to look at, as `capgen.quality.sample` has it; None for all.
    """
    each_differs = any(
        layer.makes_servers_differ(settings) for layer, settings in on_anywhere(config)
    )
    by_type = server_frames(config)
    steps = config.axis.span.size
    most = servers_an_archetype(config.num_servers, len(by_type), steps, most_rows)
    if each_differs:
        most = min(most, max(1, _MOST_HOURS // _hours(config, steps) // len(by_type)))
    group = pl.col("server_id" if each_differs else "clock").cast(pl.String)
    looked_at = {
        name: evenly_spread(servers, most).with_columns(group=group)
        for name, servers in by_type.items()
    }
    members = pl.concat(looked_at.values(), how="diagonal")
    rows = (
        looked_at
        if each_differs
        else {name: _one_a_clock(servers) for name, servers in looked_at.items()}
    )
    return Groups(rows, members.select("server_id", "group"), event_spans(config, members))


def _hours(config: Config, steps: int) -> int:
    return max(
        1, steps * min(config.step_minutes, bucket_minutes(config)) // bucket_minutes(config)
    )


def _one_a_clock(servers: pl.DataFrame) -> pl.DataFrame:
    return servers.select("group", "clock").unique(maintain_order=True)


def event_spans(config: Config, servers: pl.DataFrame) -> pl.DataFrame:
    """Return which cells of some servers events touch.

    Args:
        config: a valid configuration.
        servers: their server frame.

    Returns:
        Columns server_id, event, first_timestamp and stop_timestamp.
    """
    axis, ids = config.axis, servers["server_id"]
    spans = [
        (
            ids[each.server],
            each.event.id,
            axis.timestamp(each.span.first),
            axis.timestamp(each.span.stop),
        )
        for each in events_of(config, servers)
    ]
    return pl.DataFrame(spans, schema=_EVENT_SPANS, orient="row")
