"""Missing values: single ones at random, outages of one server, gaps of the whole fleet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capgen.config import Config
from capgen.config.layers import Gaps
from capgen.draws.arrays import Flags
from capgen.draws.by_block import draw_uniforms
from capgen.draws.intervals import Interval, geometric, intervals, minutes_of, steps_started
from capgen.timeline.time_axis import Span, TimeAxis

_MINUTES_PER_HOUR = 60
_FLEET = ""  # subject of what happens to all servers


def missing_at_random(config: Config, key: str, server_ids: Sequence[str], axis: TimeAxis, span: Span) -> Flags | None:
    """Return which values of a metric are missing by themselves, shape (servers, steps); None where none are.

    Args:
        config: a valid configuration.
        key: of the metric.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps.
    """
    share = config.layers.missing.share.get(key, 0) if config.layers.missing else 0
    return draw_uniforms(config.seed, server_ids, axis, span, f"missing {key}") < share if share else None


def gaps(config: Config, server_ids: Sequence[str], axis: TimeAxis, span: Span) -> Iterator[tuple[slice, slice]]:
    """Yield the servers and steps at which all metrics are missing.

    Args:
        config: a valid configuration.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps.
    """
    for position, server_id in enumerate(server_ids):
        for each in server_outages(config, server_id, axis, span):
            yield slice(position, position + 1), steps_started(axis, span, each.start, each.stop)
    for each in fleet_gaps(config, axis, span):
        yield slice(None), steps_started(axis, span, each.start, each.stop)


def server_outages(config: Config, server_id: str, axis: TimeAxis, span: Span) -> Iterator[Interval]:
    """Yield when a server delivers nothing.

    Args:
        config: a valid configuration.
        server_id: the server.
        axis: the time axis.
        span: the steps that matter.
    """
    layer = config.layers.missing
    wanted = layer.server_outages if layer else None
    return _intervals(config, server_id, "server outage", wanted, minutes_of(axis, span))


def fleet_gaps(config: Config, axis: TimeAxis, span: Span) -> Iterator[Interval]:
    """Yield when no server delivers anything.

    Args:
        config: a valid configuration.
        axis: the time axis.
        span: the steps that matter.
    """
    layer = config.layers.missing
    wanted = layer.fleet_gaps if layer else None
    return _intervals(config, _FLEET, "fleet gap", wanted, minutes_of(axis, span))


def _intervals(
    config: Config, subject: str, purpose: str, wanted: Gaps | None, minutes: tuple[int, int]
) -> Iterator[Interval]:
    if wanted is None:
        return iter(())
    mean_minutes = wanted.mean_hours * _MINUTES_PER_HOUR
    chance = geometric(wanted.per_year, mean_minutes, _MINUTES_PER_HOUR)
    return intervals(config.seed, subject, purpose, chance, minutes)
