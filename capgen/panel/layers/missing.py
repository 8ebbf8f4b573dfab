"""Missing values: single ones at random, outages of one server, gaps of the whole fleet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capgen.config import Config
from capgen.config.layers import Gaps
from capgen.panel.layers.intervals import geometric, intervals, minutes_of, steps_started
from capgen.panel.noise import Flags, draw_uniforms
from capgen.panel.time_axis import Span, TimeAxis

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
    layer = config.layers.missing
    if layer and layer.server_outages:
        for position, server_id in enumerate(server_ids):
            for steps in _steps(config, server_id, "server outage", layer.server_outages, axis, span):
                yield slice(position, position + 1), steps
    if layer and layer.fleet_gaps:
        for steps in _steps(config, _FLEET, "fleet gap", layer.fleet_gaps, axis, span):
            yield slice(None), steps


def _steps(config: Config, subject: str, purpose: str, wanted: Gaps, axis: TimeAxis, span: Span) -> Iterator[slice]:
    chance = geometric(wanted.per_year, wanted.mean_hours * _MINUTES_PER_HOUR, _MINUTES_PER_HOUR)
    for each in intervals(config.seed, subject, purpose, chance, minutes_of(axis, span)):
        yield steps_started(axis, span, each.start, each.stop)
