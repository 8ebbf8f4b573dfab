"""Chances: of the states by hour, of the kinds of day by day of the week, with shrinkage.

Cells with few days lean on those with more: an hour of a kind of day on the kind's hour in the
whole week, that on the hour of all days; a day of the week on weekdays or the weekend, these on all
days. A prior counts as so many days of its own.
"""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.library.schema import HOLIDAYS_TOO, WEEK
from capgen.layers.regimes.rhythm import HOLIDAY
from capgen.twins.fit.clock import Clock

_HOUR_DAYS = 0.5  # that all hours count for in an hour of the week
_KIND_DAYS = 2.0  # that an hour of all days counts for in an hour of a kind
_CELL_DAYS = 2.0  # that an hour of a kind counts for on weekdays, or on the weekend
_WEEK_DAYS = 2.0  # that all days count for in weekdays, or the weekend
_WEEKDAY_DAYS = 3.0  # that weekdays count for in one of them
_HOLIDAY_DAYS = 3.0  # that Sundays count for in holidays
_SATURDAY = 5
_SMALL = 1e-9


def state_chances(seen: Floats) -> Floats:
    """Return the chances of the states.

    Args:
        seen: how often each was seen, shape (kinds, 2, slots of a day, states).

    Returns:
        Of the same shape; they sum to 1 over the states.
    """
    states = seen.shape[-1]
    if seen.shape[2] == 1:
        return np.repeat(np.eye(states)[:, None, None, :], WEEK, axis=1)  # kinds are states
    of_weeks = seen.sum(axis=0)
    of_all = _share(of_weeks.sum(axis=(0, 1)), np.full(states, 1 / states), _SMALL)
    of_hour = _share(of_weeks.sum(axis=0), of_all, _KIND_DAYS)
    of_week = _share(of_weeks, of_all, _HOUR_DAYS)
    of_kind = _share(seen.sum(axis=1), of_hour, _KIND_DAYS)
    leaning = of_kind[:, None] * of_week / np.maximum(of_hour, _SMALL)
    prior = leaning / np.maximum(leaning.sum(axis=-1, keepdims=True), _SMALL)
    return _share(seen, prior, _CELL_DAYS)


def kind_chances(kinds: Floats, clock: Clock) -> Floats:
    """Return the chances of the kinds of day, from Monday to Sunday, and on holidays.

    Holidays lean on Sundays: without one, these are what they are taken for.

    Args:
        kinds: how much each day is of each kind, shape (days, kinds).
        clock: of the days.

    Returns:
        Shape (7 or 8, kinds); they sum to 1 over the kinds.
    """
    count = kinds.shape[1]
    of_all = _share(kinds.sum(axis=0), np.full(count, 1 / count), 0.1 * count)
    of_class = np.zeros((HOLIDAYS_TOO, count))
    np.add.at(of_class, clock.classes, kinds)
    weekdays = _share(of_class[:_SATURDAY].sum(axis=0), of_all, _WEEK_DAYS)
    weekend = _share(of_class[_SATURDAY:HOLIDAY].sum(axis=0), of_all, _WEEK_DAYS)
    found = [_share(each, weekdays, _WEEKDAY_DAYS) for each in of_class[:_SATURDAY]]
    found += [_share(each, weekend, _WEEKDAY_DAYS) for each in of_class[_SATURDAY:HOLIDAY]]
    found.append(_share(of_class[HOLIDAY], found[-1], _HOLIDAY_DAYS))
    return np.stack(found[: clock.day_classes])


def _share(counts: Floats, prior: Floats, days: float) -> Floats:
    """Return the share of each count over the last axis; the prior counts for so many days."""
    total = counts.sum(axis=-1, keepdims=True)
    shares: Floats = (counts + days * prior) / (total + days)
    return shares
