"""The chances of states and of kinds of day as configured, and how they swing over days."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from statistics import NormalDist

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.regimes.settings import Chances, KindOfDay, Regimes, State
from capgen.timeline.epoch import DAYS_PER_WEEK, HOURS_PER_DAY

WEEK = ("weekday", "weekend")
_HIGHEST_SCORE = 6
_PER_SCORE = 2**8  # a power of two: a score times this is exact


def weight(chances: Chances, week: str, hour: int) -> float:
    """Return the weight of a state.

    Args:
        chances: its configured chances.
        week: weekday or weekend.
        hour: hour of the day.
    """
    return float(_of_days(chances, week)[hour])


def _of_days(chances: Chances, week: str) -> Sequence[float]:
    weekend = chances.weekday if chances.weekend is None else chances.weekend
    weights = chances.weekday if week == "weekday" else weekend
    return weights if isinstance(weights, tuple) else (weights,) * HOURS_PER_DAY


def chances_on(state: State, kind: str) -> Chances:
    """Return the chances of a state on days of a kind.

    Args:
        state: the state.
        kind: name of the kind of day.
    """
    return (state.kinds or {}).get(kind, state.chances)


def weekly_chances(regimes: Regimes) -> Floats:
    """Return the chance of each state at each hour of a weekday, and then of a day of the weekend.

    Args:
        regimes: an archetype's regimes.

    Returns:
        Shape (states, kinds of day × 48); they sum to 1 over the states.
    """
    weights = []
    for state in regimes.states.values():
        of_kinds = [chances_on(state, kind) for kind in regimes.kind_names]
        days = (_of_days(each, week) for each in of_kinds for week in WEEK)
        weights.append([*chain.from_iterable(days)])
    chances = np.array(weights, np.float64)
    every: Floats = chances / chances.sum(axis=0)
    return every


def day_weights(kind: KindOfDay, *, has_holidays: bool) -> list[float]:
    """Return the weights of a kind of day, from Monday to Sunday, and on holidays.

    Args:
        kind: the kind of day.
        has_holidays: whether holidays are days of their own.
    """
    chances = kind.chances
    weights = [chances] * DAYS_PER_WEEK if isinstance(chances, (int, float)) else [*chances]
    return [*weights, kind.holiday or 0.0] if has_holidays else weights


def kind_chances(regimes: Regimes) -> Floats:
    """Return the chance of each kind of day, by day of the week, and on holidays.

    Args:
        regimes: an archetype's regimes, with kinds of day.

    Returns:
        Shape (kinds, 7 or 8); they sum to 1 over the kinds.
    """
    assert regimes.kinds is not None
    has_holidays = regimes.has_holidays
    every = [day_weights(kind, has_holidays=has_holidays) for kind in regimes.kinds.values()]
    weights = np.array(every, np.float64)
    chances: Floats = weights / weights.sum(axis=0)
    return chances


def shares_below(normals: Floats) -> Floats:
    """Return the share of a standard normal's values that lie below some, to 10⁻⁶.

    Args:
        normals: normals, in any shape.
    """
    scores = np.clip(normals, -_HIGHEST_SCORE, _HIGHEST_SCORE)
    places = np.floor(scores * _PER_SCORE)
    scores -= places / _PER_SCORE
    positions = places.astype(np.int64) + _HIGHEST_SCORE * _PER_SCORE
    below, climbs = _shares_below()
    scores *= np.take(climbs, positions)
    scores += np.take(below, positions)
    return scores


@cache
def _shares_below() -> tuple[Floats, Floats]:
    """Return the share of a normal that lies below each score, and how it climbs from there.

    Panels without states need none.
    """
    last = _HIGHEST_SCORE * _PER_SCORE
    scores = np.arange(-last, last + 1) / _PER_SCORE
    below = np.array([NormalDist().cdf(score) for score in scores]).round(12)
    return below, np.append(np.diff(below) * _PER_SCORE, 0.0)


def weekly_slopes(regimes: Regimes, chances: Floats) -> Floats:
    """Return how the chances follow a swing: π' = π + slope × x; π' is π on average, as x is 0.

    slope(k) = π(k) × strength × (v(k) − Σ π v): with x from −1/2 to 1/2, and the configured v from
    −1 to 1, no chance is ever negative.

    Args:
        regimes: an archetype's regimes, with a swing.
        chances: their `weekly_chances`.

    Returns:
        Shape (states, kinds of day × 48), as `chances`.
    """
    assert regimes.swing is not None
    ways = np.array([[state.swing] for state in regimes.states.values()])
    slopes: Floats = chances * regimes.swing.strength * (ways - np.sum(chances * ways, axis=0))
    return slopes
