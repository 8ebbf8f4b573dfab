"""Scheduled spikes: they start at set hours of the day and last some steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.layers import ScheduledSpike
from capgen.draws.arrays import Flags
from capgen.draws.by_block import draw_uniforms
from capgen.panel.layers.local_time import clocks, zone_of
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span, TimeAxis

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
        longer = _with_those_before(span, schedule)
        uniforms = draw_uniforms(
            config.seed, servers["server_id"].to_list(), axis, longer, f"scheduled spike {archetype} {number}"
        )
        begins = np.stack([_starts(axis, longer, zone_of(config, clock), schedule.hours) for clock in clocks(config)])
        begun = (uniforms < schedule.probability) & begins[servers["clock"].to_physical().to_numpy()]
        yield schedule.magnitude, _lasting(begun, schedule)[:, -span.size :]


def spikes_over_steps(
    config: Config, schedule: ScheduledSpike, clock: str, axis: TimeAxis, span: Span
) -> NDArray[np.int64]:
    """Return how many spikes of a schedule may last over each step, whether they come about or not.

    Args:
        config: a valid configuration.
        schedule: of an archetype.
        clock: whose hours it goes by.
        axis: the time axis.
        span: the steps.
    """
    longer = _with_those_before(span, schedule)
    begun = np.concatenate([[0], np.cumsum(_starts_of(axis, longer, zone_of(config, clock), schedule.hours))])
    over: NDArray[np.int64] = begun[schedule.steps :] - begun[: -schedule.steps]
    return over


def _with_those_before(span: Span, schedule: ScheduledSpike) -> Span:
    """Return the steps, and those before at which a spike began that may still last."""
    return Span(span.first - schedule.steps + 1, span.stop)


def _starts_of(axis: TimeAxis, span: Span, zone: str | None, hours: tuple[int, ...]) -> Flags:
    """Return the steps that are the first of one of the hours, by a zone's clock."""
    local = pl.col("local_time").dt
    is_first = local.hour().is_in(hours) & (local.minute() < axis.step_minutes)
    flags: Flags = stamps(axis, span, zone).select(is_first).to_series().to_numpy()
    return flags


_starts = lru_cache(maxsize=_KEPT_STARTS)(_starts_of)  # for slices, which many servers share


def _lasting(begun: Flags, schedule: ScheduledSpike) -> Flags:
    lasting = begun.copy()
    for step in range(1, schedule.steps):
        lasting[:, step:] |= begun[:, :-step]
    return lasting
