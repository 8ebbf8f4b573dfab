"""What the truth says of states and spikes: how often and when they come, how long states last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from capgen.columns import STATE
from capgen.config import Config
from capgen.draws.arrays import Codes, Floats
from capgen.layers.spikes import SpikeLayer
from capgen.panel.layered import Layered, layered_archetype
from capgen.quality.closed_form.spikes import SPIKE_RATE
from capgen.quality.expected.buckets import bucket_of_steps
from capgen.quality.expected.calendars import Calendars
from capgen.quality.rule import Rule
from capgen.quality.source import Source
from capgen.quality.twin.contrast import Both, Contrast
from capgen.quality.twin.periods import Periods
from capgen.quality.twin.rates import spike_chances
from capgen.quality.twin.ratios import ratios
from capgen.quality.twin.twin import UNKNOWN, Twins, read_spikes, read_truth

_TRUTH = "The truth beside the chances."
OCCUPANCY = Rule("occupancy", "States last for their share of time.", _TRUTH, "share of time")
DWELL = Rule("dwell", "States last as long as configured.", _TRUTH, "chance to leave a state")


def truth_contrasts(
    source: Source, calendars: Calendars, twins: Twins, periods: Periods
) -> Iterator[Contrast]:
    """Yield occupancy and dwell of each state, and the rate of spikes, of a panel with the truth.

    Args:
        source: an open dataset whose truth columns can be read.
        calendars: the clocks' calendars, from `hourly_calendars`.
        twins: servers of one archetype.
        periods: periods to sum up.
    """
    kind = source.config.archetypes[twins.archetype]
    layered = layered_archetype(source.config, twins.archetype)
    chances = _chances(source.config, calendars, layered, twins)
    if chances is not None:
        names = layered.state_names
        yield from _state_contrasts(source, names, chances, twins, periods)
    has_spikes = kind.spike.probability and layered.acts(SpikeLayer.name)
    if has_spikes and not kind.scheduled_spikes:
        both = read_spikes(source, twins)
        implied = spike_chances(layered.kind, twins.servers) * periods.sums(both.data != UNKNOWN)
        flags = both.each(lambda labels: periods.sums(labels == 1))
        subject = f"{twins.archetype}, flagged cells"
        growth = periods.growth
        yield Contrast(SPIKE_RATE.name, subject, flags, len(implied), implied, growth=growth)


def _state_contrasts(
    source: Source, names: Sequence[str], chances: Floats, twins: Twins, periods: Periods
) -> Iterator[Contrast]:
    both = read_truth(source, twins, STATE)
    for number, name in enumerate(names):
        subject = f"{twins.archetype} {name}"
        yield from _occupancy(subject, both, number, chances[number], periods)
        left = both.each(periods.split).each(partial(_leaving, number=number))
        note = "chance to leave at a step"
        yield Contrast(DWELL.name, subject, left, len(left.data), growth=periods.growth, note=note)


def _occupancy(
    subject: str, both: Both, number: int, chances: Floats, periods: Periods
) -> Iterator[Contrast]:
    known = both.data != UNKNOWN
    growth = periods.growth
    shares = both.each(lambda states: ratios(periods.sums(states == number), periods.sums(known)))
    yield Contrast(OCCUPANCY.name, subject, shares, len(known), absent=0.0, growth=growth)
    apart = (chances - chances.mean(axis=-1, keepdims=True)) * known
    if np.ptp(chances) > 0:
        subject = f"{subject}, by the hour"
        at_hours = both.each(lambda states: periods.sums(apart * (states == number)))
        implied = periods.sums(apart**2)
        yield Contrast(OCCUPANCY.name, subject, at_hours, len(known), implied, growth=growth)


def _leaving(states: Codes, number: int) -> Floats:
    """Return the chance that a server in a state is in another one at the next step."""
    before = states[..., :-1]
    after = states[..., 1:]
    followed = (before == number) & (after != UNKNOWN)
    left = (followed & (after != number)).sum(axis=-1, dtype=np.float64)
    return ratios(left, followed.sum(axis=-1))


def _chances(config: Config, calendars: Calendars, layered: Layered, twins: Twins) -> Floats | None:
    """Return the chance of each state at each step, shape (states, servers, steps)."""
    steps = bucket_of_steps(config, config.axis.span)
    of_servers = [calendars[clock] for clock in twins.servers["clock"].to_list()]
    for layer, settings in layered.on:
        chances = layer.usual_states(settings, layered.kind, twins.servers, of_servers)
        if chances is not None:
            return chances[:, :, steps]
    return None
