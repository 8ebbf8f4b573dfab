"""Which servers are expected to behave alike: those of an archetype that share a clock, or none.

The closed forms of the expectations are worked out for each group and hour. Where layers make each
server different, that would take as much work as the panel itself: few servers are looked at then.
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
        count: number of groups of all archetypes.
        rows: one row a group, by archetype: column group (a number from 0 on), and the columns of
            the server frame from which its means follow.
        members: columns server_id and group, of the servers that are looked at.
        event_spans: cells of these servers to leave out, from `event_spans`.
    """

    count: int
    rows: dict[str, pl.DataFrame]
    members: pl.DataFrame
    event_spans: pl.DataFrame


def groups_of(config: Config, most_rows: int | None) -> Groups:
    """Return the groups of a configuration's panel.

    Args:
        config: the panel's configuration.
        most_rows: how many rows to look at, as `capgen.quality.sample` has it; None for all.
    """
    on = on_anywhere(config)
    each_differs = any(layer.makes_servers_differ(settings) for layer, settings in on)
    by_type = server_frames(config)
    steps = config.axis.span.size
    most = servers_an_archetype(config.num_servers, len(by_type), steps, most_rows)
    if each_differs:
        most = min(most, max(1, _MOST_HOURS // _hours(config, steps) // len(by_type)))
    looked_at = {name: evenly_spread(servers, most) for name, servers in by_type.items()}
    members = pl.concat(looked_at.values(), how="diagonal")
    label = "server_id" if each_differs else "clock"
    numbers = members.select(label).unique(maintain_order=True).with_row_index("group")
    rows = {name: _numbered(servers, numbers) for name, servers in looked_at.items()}
    if not each_differs:
        rows = {name: _one_a_clock(servers) for name, servers in rows.items()}
    of_servers = _numbered(members, numbers).select("server_id", "group")
    return Groups(numbers.height, rows, of_servers, event_spans(config, members))


def _numbered(servers: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    (label,) = (name for name in numbers.columns if name != "group")
    return servers.join(numbers, on=label, maintain_order="left")


def _hours(config: Config, steps: int) -> int:
    bucket = bucket_minutes(config)
    return max(1, steps * min(config.step_minutes, bucket) // bucket)


def _one_a_clock(servers: pl.DataFrame) -> pl.DataFrame:
    return servers.select("group", "clock").unique(maintain_order=True)


def event_spans(config: Config, servers: pl.DataFrame) -> pl.DataFrame:
    """Return which cells of some servers events touch.

    Args:
        config: the panel's configuration.
        servers: their server frame.

    Returns:
        Columns server_id, event, first_timestamp and stop_timestamp.
    """
    ids = servers["server_id"]
    spans = []
    for touched in events_of(config, servers):
        first = config.axis.timestamp(touched.span.first)
        stop = config.axis.timestamp(touched.span.stop)
        spans.append((ids[touched.server], touched.event.id, first, stop))
    return pl.DataFrame(spans, schema=_EVENT_SPANS, orient="row")
