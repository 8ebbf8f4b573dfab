"""Periods: where there are few servers, the time of each is cut into some, which tell about each other's spread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.panel.layered import layered_archetype

_FEWEST_STEPS = 24


@dataclass(frozen=True, slots=True)
class Periods:
    """Equal stretches of the time axis; the few steps that are left over are not looked at.

    Args:
        count: how many.
        length: of each, in steps.
        growth: of the variance of a mean over all, as each remembers the one before.
    """

    count: int
    length: int
    growth: float

    def split(self, values: NDArray[Any]) -> NDArray[Any]:
        """Cut the last axis, the steps, into two: periods and steps of each."""
        return values[..., : self.count * self.length].reshape(
            *values.shape[:-1], self.count, self.length
        )

    def sums(self, values: NDArray[Any]) -> Floats:
        """Sum the last axis, the steps, up by period."""
        summed: Floats = self.split(values).sum(axis=-1, dtype=np.float64)
        return summed


def cut_periods(config: Config, wanted: int, memory_hours: float) -> Periods:
    """Cut the time axis into periods, each no shorter than a day, 24 steps, and what is remembered.

    Args:
        config: the panel's configuration.
        wanted: how many, at the most.
        memory_hours: after which a deviation is down to 1/e.
    """
    axis = config.axis
    steps = axis.span.size
    step_hours = config.step_minutes / 60
    shortest = max(_FEWEST_STEPS, axis.steps_per_day, math.ceil(memory_hours / step_hours))
    count = max(1, min(wanted, steps // shortest))
    length = steps // count
    return Periods(
        count,
        length,
        _growth(length * step_hours / memory_hours) if count > 1 and memory_hours else 1.0,
    )


def _growth(lengths: float) -> float:
    """Return how much the variance grows: exact for means of a process that forgets exponentially."""
    return lengths / (lengths - 1 + math.exp(-lengths))


def memory_hours(config: Config, archetype: str) -> float:
    """Return after how many hours the slowest thing that moves an archetype's servers is down to 1/e.

    Args:
        config: the panel's configuration.
        archetype: its name.
    """
    hours = [0.0]
    for layer, settings in layered_archetype(config, archetype).on:
        hours += [half_life / math.log(2) for half_life in layer.half_lives(settings)]
        hours += layer.dwell_hours(settings)
    return max(hours)
