"""Scheduled spikes: they start at set hours of the day and last some steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from capgen.columns import SPIKE
from capgen.draws.arrays import Flags
from capgen.draws.by_block import draw_flags
from capgen.layers.answers import Change
from capgen.layers.layer import Layer
from capgen.layers.scope import Scope
from capgen.layers.spikes import spike_change, spiking_metrics
from capgen.settings.metric import Metrics
from capgen.settings.types import Factor, Hour, Probability, Section
from capgen.timeline.epoch import MINUTES_PER_DAY
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span, TimeAxis

_KEPT_STARTS = 64  # a zone, a schedule and a slice each


class ScheduledSpike(Section):
    """Spikes that start at set hours of the day.

    Attributes:
        hours: of the day, with which spikes start.
        steps: how many steps a spike lasts.
        probability: of a spike at each such hour.
        magnitude: what a spike multiplies the value by.
    """

    hours: Annotated[tuple[Hour, ...], Field(min_length=1)]
    steps: Annotated[int, Field(ge=1, le=MINUTES_PER_DAY)] = 1
    probability: Probability
    magnitude: Factor


Schedules = tuple[ScheduledSpike, ...]


class ScheduledSpikes(Layer[Schedules]):
    """Spikes at set hours."""

    name = "scheduled_spikes"
    key = "archetypes.*.scheduled_spikes"
    example = "[{hours: [2], steps: 1, probability: 0.9, magnitude: 1.5}]"
    label = SPIKE
    happens = "spikes"

    def changed_metrics(self, settings: Schedules, metrics: Metrics) -> set[str]:
        """Return the metrics that have a share in spikes."""
        return spiking_metrics(metrics)

    def lasts(self, settings: Schedules) -> bool:
        """They come at hours of their own, and last some steps."""
        return True

    def changes(self, settings: Schedules, scope: Scope, keys: Sequence[str]) -> Iterator[Change]:
        """Yield the spikes of each schedule."""
        for number, schedule in enumerate(settings):
            where = _spikes(scope, number, schedule)
            yield spike_change(scope.kind.metrics, schedule.magnitude, where)


def _spikes(scope: Scope, number: int, schedule: ScheduledSpike) -> Flags:
    """Return where spikes fall, shape (servers, steps)."""
    longer = _with_those_before(scope.span, schedule)
    purpose = f"scheduled spike {scope.kind.name} {number}"
    chance = schedule.probability
    comes = draw_flags(scope.seed, scope.ids, scope.axis, longer, purpose, chance)
    begins = [_starts(scope.axis, longer, zone, schedule.hours) for zone in scope.zones]
    begun = comes & np.stack(begins)
    return _lasting(begun, schedule)[:, -scope.span.size :]


def spikes_over_steps(
    schedule: ScheduledSpike, zone: str | None, axis: TimeAxis, span: Span
) -> NDArray[np.int64]:
    """Return how many spikes of a schedule may last over each step, whether they come or not.

    Args:
        schedule: a schedule of an archetype.
        zone: zone of the clock whose hours it goes by; None for UTC.
        axis: the time axis.
        span: the steps.
    """
    longer = _with_those_before(span, schedule)
    starts = _starts_of(axis, longer, zone, schedule.hours)
    begun = np.concatenate([[0], np.cumsum(starts)])
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
