"""Periods: where there are few servers, stretches of their time tell about each other's spread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.panel.layered import layered_archetype
from capgen.timeline.epoch import MINUTES_PER_HOUR

_FEWEST_STEPS = 24


@dataclass(frozen=True, slots=True)
class Periods:
    """Equal stretches of the time axis; the few steps that are left over are not looked at.

    Args:
        count: how many periods there are.
        length: length of each, in steps.
        growth: how much the variance of a mean over all grows, as each remembers the one before.
    """

    count: int
    length: int
    growth: float

    def split(self, values: NDArray[Any]) -> NDArray[Any]:
        """Cut the last axis, the steps, into two: periods and steps of each."""
        whole = values[..., : self.count * self.length]
        return whole.reshape(*values.shape[:-1], self.count, self.length)

    def sums(self, values: NDArray[Any]) -> Floats:
        """Sum up the last axis, the steps, by period."""
        summed: Floats = self.split(values).sum(axis=-1, dtype=np.float64)
        return summed


def cut_periods(config: Config, wanted: int, memory_hours: float) -> Periods:
    """Cut the time axis into periods, each no shorter than a day, 24 steps, and what is remembered.

    Args:
        config: the panel's configuration.
        wanted: how many periods, at most.
        memory_hours: after how many hours a deviation is down to 1/e.
    """
    axis = config.axis
    steps = axis.span.size
    step_hours = config.step_minutes / MINUTES_PER_HOUR
    shortest = max(_FEWEST_STEPS, axis.steps_per_day, math.ceil(memory_hours / step_hours))
    count = max(1, min(wanted, steps // shortest))
    length = steps // count
    if count == 1 or not memory_hours:
        return Periods(count, length, 1.0)
    return Periods(count, length, _growth(length * step_hours / memory_hours))


def _growth(lengths: float) -> float:
    """Return how much the variance grows, for means of a process that forgets exponentially."""
    return lengths / (lengths - 1 + math.exp(-lengths))


def memory_hours(config: Config, archetype: str) -> float:
    """Return after how many hours the slowest movement of an archetype's servers is down to 1/e.

    Args:
        config: the panel's configuration.
        archetype: the archetype's name.
    """
    hours = [0.0]
    for layer, settings in layered_archetype(config, archetype).on:
        hours += [half_life / math.log(2) for half_life in layer.half_lives(settings)]
        hours += layer.dwell_hours(settings)
    return max(hours)
