"""Scheduled spikes: they start at set hours of the day and last some steps."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from functools import lru_cache

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.layers import ScheduledSpike
from capgen.panel.layers.local_time import clocks, stamps, zone_of
from capgen.panel.noise import Flags, draw_uniforms
from capgen.panel.time_axis import Span, TimeAxis

_KEPT_STARTS = 64  # a zone, a schedule and a slice each


def draw_scheduled_spikes(
    config: Config, archetype: str, servers: pl.DataFrame, axis: TimeAxis, span: Span
) -> Iterator[tuple[float, Flags]]:
    """Yield the magnitude of each schedule of an archetype and where its spikes fall, shape (servers, steps).

    Args:
        config: a valid configuration.
        archetype: its name.
        servers: the server frame.
        axis: the time axis.
        span: the steps.
    """
    for number, schedule in enumerate(config.archetypes[archetype].scheduled_spikes):
        # One that began before the span may still last.
        longer = Span(span.first - schedule.steps + 1, span.stop)
        uniforms = draw_uniforms(
            config.seed, servers["server_id"].to_list(), axis, longer, f"scheduled spike {archetype} {number}"
        )
        begins = np.stack([_starts(axis, longer, zone_of(config, clock), schedule.hours) for clock in clocks(config)])
        begun = (uniforms < schedule.probability) & begins[servers["clock"].to_physical().to_numpy()]
        yield schedule.magnitude, _lasting(begun, schedule)[:, -span.size :]


def hours_touched(schedule: ScheduledSpike, hours: Collection[int], step_minutes: int) -> set[int]:
    """Return the hours of the day in which a schedule's spikes may fall.

    Args:
        schedule: of an archetype.
        hours: in which steps begin.
        step_minutes: length of a step.
    """
    later = range(math.ceil(schedule.steps * step_minutes / 60))
    return {(hour + more) % 24 for hour in schedule.hours if hour in hours for more in later}


@lru_cache(maxsize=_KEPT_STARTS)
def _starts(axis: TimeAxis, span: Span, zone: str | None, hours: tuple[int, ...]) -> Flags:
    """Return the steps that are the first of one of the hours, by a zone's clock."""
    local = pl.col("local_time").dt
    is_first = local.hour().is_in(hours) & (local.minute() < axis.step_minutes)
    flags: Flags = stamps(axis, span, zone).select(is_first).to_series().to_numpy()
    return flags


def _lasting(begun: Flags, schedule: ScheduledSpike) -> Flags:
    lasting = begun.copy()
    for step in range(1, schedule.steps):
        lasting[:, step:] |= begun[:, :-step]
    return lasting
