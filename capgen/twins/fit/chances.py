"""Chances: of the states by hour, of the kinds of day by day of the week, with shrinkage.

Cells with few days lean on those with more: an hour of a kind of day on the kind's hour in the
whole week, that on the hour of all days; a day of the week on weekdays or the weekend, these on all
days. A prior counts as so many days of its own.
"""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.layers.library.schema import WEEK
from capgen.timeline.epoch import DAYS_PER_WEEK
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.day_kinds import indicators

_HOUR_DAYS = 0.5  # that all hours count for in an hour of the week
_KIND_DAYS = 2.0  # that an hour of all days counts for in an hour of a kind
_CELL_DAYS = 2.0  # that an hour of a kind counts for on weekdays, or on the weekend
_WEEK_DAYS = 2.0  # that all days count for in weekdays, or the weekend
_WEEKDAY_DAYS = 3.0  # that weekdays count for in one of them
_SMALL = 1e-9


def state_chances(states: Codes, day_kinds: Codes, clock: Clock, counts: tuple[int, int]) -> Floats:
    """Return the chances of the states.

    Args:
        states: shape (slots,).
        day_kinds: shape (days,).
        clock: of the slots.
        counts: numbers of states and of kinds of day.

    Returns:
        Shape (kinds, 2, slots of a day, states); they sum to 1 over the states.
    """
    if clock.slots_per_day == 1:
        return np.repeat(np.eye(counts[0])[:, None, None, :], WEEK, axis=1)  # kinds are states
    marks = indicators(states, clock, counts[0])
    of_all = _share(marks.sum(axis=(0, 1)), np.full(counts[0], 1 / counts[0]), _SMALL)
    of_hour = _share(marks.sum(axis=0), of_all, _KIND_DAYS)
    of_week = [_share(marks[clock.week == part].sum(axis=0), of_all, _HOUR_DAYS) for part in (0, 1)]
    chances = np.zeros((counts[1], WEEK, clock.slots_per_day, counts[0]))
    for kind in range(counts[1]):
        in_kind = day_kinds == kind
        of_kind = _share(marks[in_kind].sum(axis=0), of_hour, _KIND_DAYS)
        for part in range(WEEK):
            leaning = of_kind * of_week[part] / np.maximum(of_hour, _SMALL)
            prior = leaning / np.maximum(leaning.sum(axis=1, keepdims=True), _SMALL)
            days = in_kind & (clock.week == part)
            chances[kind, part] = _share(marks[days].sum(axis=0), prior, _CELL_DAYS)
    return chances


def kind_chances(day_kinds: Codes, clock: Clock, kinds: int) -> Floats:
    """Return the chances of the kinds of day, from Monday to Sunday.

    Args:
        day_kinds: shape (days,).
        clock: of the days.
        kinds: number of kinds.

    Returns:
        Shape (7, kinds); they sum to 1 over the kinds.
    """
    marks = (day_kinds[:, None] == np.arange(kinds)).astype(np.float64)
    of_all = _share(marks.sum(axis=0), np.full(kinds, 1 / kinds), 0.1 * kinds)
    of_week = [_share(marks[clock.week == part].sum(axis=0), of_all, _WEEK_DAYS) for part in (0, 1)]
    week = (np.arange(DAYS_PER_WEEK) >= DAYS_PER_WEEK - 2).astype(np.int64)
    days = [
        _share(marks[clock.weekdays == day].sum(axis=0), of_week[week[day]], _WEEKDAY_DAYS)
        for day in range(DAYS_PER_WEEK)
    ]
    return np.stack(days)


def _share(counts: Floats, prior: Floats, days: float) -> Floats:
    """Return the share of each count over the last axis; the prior counts for so many days."""
    total = counts.sum(axis=-1, keepdims=True)
    shares: Floats = (counts + days * prior) / (total + days)
    return shares
