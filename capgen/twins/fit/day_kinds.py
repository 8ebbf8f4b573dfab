"""The kinds of a server's days: clusters of what the hours of weekdays and weekends leave."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.clusters import Points, cluster
from capgen.twins.fit.states import UNKNOWN

_LEAST_KNOWN = 0.25  # of a day's slots


def indicators(states: Codes, clock: Clock, count: int) -> Floats:
    """Return which state each slot is in, as 0 and 1; all 0 where it is unknown.

    Args:
        states: shape (slots,).
        clock: of the slots.
        count: number of states.

    Returns:
        Shape (days, slots of a day, states).
    """
    marks = (states[:, None] == np.arange(count)).astype(np.float64)
    found: Floats = marks.reshape(clock.days, clock.slots_per_day, count)
    return found


def kinds_of(states: Codes, clock: Clock, count: int, kinds: int) -> Codes:
    """Return the kind of each day; where a day is one slot, that is its state.

    Args:
        states: shape (slots,).
        clock: of the slots.
        count: number of states.
        kinds: number of kinds of day.

    Returns:
        Numbers of kinds, shape (days,); `UNKNOWN` where too little of a day is known.
    """
    if clock.slots_per_day == 1:
        return states
    marks = indicators(states, clock, count)
    known = marks.sum(axis=(1, 2)) >= _LEAST_KNOWN * clock.slots_per_day
    found = np.full(clock.days, UNKNOWN, np.int32)
    if known.any():
        features = _features(marks[known], clock.week[known])
        found[known] = cluster(Points.of(features.T), kinds)
    return found


def _features(marks: Floats, week: Codes) -> Floats:
    """Return by what days are told apart: states by the hour, smoothed, and over the whole day."""
    smooth = (np.roll(marks, 1, axis=1) + 2 * marks + np.roll(marks, -1, axis=1)) / 4
    weights = smooth.sum(axis=2, keepdims=True)
    apart = np.zeros_like(smooth)
    for part in np.unique(week):
        days = week == part
        total = np.maximum(weights[days].sum(axis=0), 1e-9)
        usual = smooth[days].sum(axis=0) / total
        apart[days] = smooth[days] - usual * weights[days]
    of_day = apart.mean(axis=1) * np.sqrt(marks.shape[1])
    return np.concatenate([apart.reshape(len(marks), -1), of_day], axis=1)
