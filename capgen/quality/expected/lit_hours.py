"""Which hours scheduled spikes touch, and how often: step by step, as the generator makes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.layers.scheduled_spikes import spikes_over_steps
from capgen.panel.clocks import zone_of
from capgen.quality.expected.buckets import first_steps
from capgen.timeline.time_axis import Span


class LitHours(NamedTuple):
    """The hours of one clock, from the panel's first to its last.

    Args:
        usable: whether the schedule alone touches an hour, or none does where none was asked for.
        chances: chances that a value lies in a spike of the schedule.
    """

    usable: NDArray[np.bool_]
    chances: Floats


def lit_hours(config: Config, archetype: str, clock: str, schedule: int | None) -> LitHours:
    """Return which hours to look at, and how often spikes of a schedule fall there.

    Args:
        config: the panel's configuration.
        archetype: the archetype's name.
        clock: the clock of some of its servers.
        schedule: position among the archetype's; None for the hours that none touches.
    """
    years = [_of_year(config, archetype, clock, schedule, span) for _, span in config.axis.years()]
    return LitHours(*map(np.concatenate, zip(*years, strict=True)))


def _of_year(
    config: Config, archetype: str, clock: str, schedule: int | None, span: Span
) -> LitHours:
    firsts = first_steps(config, span)
    usable = np.ones(firsts.size, np.bool_)
    chances: Floats = np.zeros(firsts.size)
    for number, spikes in enumerate(config.archetypes[archetype].scheduled_spikes):
        over = spikes_over_steps(spikes, zone_of(config, clock), config.axis, span)
        usable &= np.logical_or.reduceat(over > 0, firsts) == (number == schedule)
        if number == schedule:
            of_steps = 1 - (1 - spikes.probability) ** over
            chances = np.add.reduceat(of_steps, firsts) / np.diff(firsts, append=span.size)
    return LitHours(usable, chances)
