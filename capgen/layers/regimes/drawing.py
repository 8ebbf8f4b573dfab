"""Draws the states that servers move between, hour by hour.

A coupled chain: with the chances π of one hour and π' of the next, a server stays in state k with
probability min(1, π'(k) / π(k)) × stickiness(k), and one that leaves enters j with probability in
proportion to π'(j) − π(j) × stay(j). The chances hold exactly in every hour, whatever the
stickiness.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Codes, Floats
from capgen.draws.by_block import draw_uniforms
from capgen.draws.persistence import PersistentNoise, Remembered
from capgen.draws.sharing import share_uniforms
from capgen.layers.regimes.chain import chain_states
from capgen.layers.regimes.chances import (
    hours_of_week,
    shares_below,
    weekly_chances,
    weekly_slopes,
)
from capgen.layers.regimes.settings import MOST_STICKINESS, Regimes
from capgen.layers.scope import Kind, Scope
from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR
from capgen.timeline.time_axis import Span, TimeAxis

_FORGOTTEN = 1e-6  # chance that a year's first state still depends on where its warm-up began
_SWING = "state swing"


def draw_states(regimes: Regimes, scope: Scope) -> Codes:
    """Return the state of each server at each step, by its position among the archetype's states.

    Args:
        regimes: the archetype's regimes.
        scope: the servers, over steps of one year.

    Returns:
        Shape (servers, steps). A state lasts for whole hours; a daily step shows that of one hour
        of its day, taken by chance.
    """
    axis = scope.axis
    year = axis.timestamp(scope.span.first).year
    hourly = TimeAxis(axis.start, axis.end, MINUTES_PER_HOUR)
    new_year = date(year, 1, 1)
    first = hourly.days(new_year - _warm_up(regimes, scope.kind), new_year).first
    hours = _hours_of(scope) - first
    span = Span(first, first + int(hours.max()) + 1)
    states = _hourly_states(regimes, scope, hourly, span)
    return np.take_along_axis(states, np.broadcast_to(hours, (len(scope.ids), scope.span.size)), 1)


def _warm_up(regimes: Regimes, kind: Kind) -> timedelta:
    """Return for how long before a year its first state is followed: less than the year before.

    Chains that began in different states are in the same one as soon as a draw keeps neither where
    it is: at the latest when one exceeds the highest stickiness.
    """
    highest = max(state.stickiness for state in regimes.states.values())
    if any(path.endswith("stickiness") for path in kind.own):
        highest = MOST_STICKINESS
    hours = math.log(_FORGOTTEN) / math.log(highest) if highest else 0
    return timedelta(days=1 + int(hours / HOURS_PER_DAY))


def _hours_of(scope: Scope) -> NDArray[np.int64]:
    """Return the hour that each step shows, counted from 1970.

    Shape (1, steps), or (servers, steps) for daily ones.
    """
    step_minutes = scope.axis.step_minutes
    steps = np.arange(scope.span.first, scope.span.stop)[None, :]
    hours: NDArray[np.int64] = steps * step_minutes // MINUTES_PER_HOUR
    if step_minutes < MINUTES_PER_DAY:
        return hours
    uniforms = draw_uniforms(scope.seed, scope.ids, scope.axis, scope.span, "state hour")
    return hours + (uniforms * HOURS_PER_DAY).astype(np.int64)


def _hourly_states(regimes: Regimes, scope: Scope, axis: TimeAxis, span: Span) -> Codes:
    hours = hours_of_week(axis, span, scope.zones)
    chances = np.take(weekly_chances(regimes), hours, axis=1)  # much faster than by index
    if regimes.swing and regimes.swing.strength:
        slopes = np.take(weekly_slopes(regimes), hours, axis=1)
        swings = slopes * _swings(regimes, scope, axis, span)
        chances = np.add(chances, swings, out=swings)
    stickiness = _stickiness(regimes, scope)
    if stickiness.shape[1] > chances.shape[1]:
        chances = np.repeat(chances, stickiness.shape[1], axis=1)
    return chain_states(chances, stickiness, *_draws(scope, axis, span))


def _stickiness(regimes: Regimes, scope: Scope) -> Floats:
    """Return the stickiness of the states, shape (states, servers or 1, 1)."""
    paths = [f"regimes.states.{name}.stickiness" for name in regimes.states]
    own = (np.ravel(scope.parameter(path)) for path in paths)
    return np.stack(np.broadcast_arrays(*own))[:, :, None]


def _swings(regimes: Regimes, scope: Scope, axis: TimeAxis, span: Span) -> Floats:
    """Return how the chances of servers swing, from −1/2 to 1/2, shape (servers, hours).

    There is one value a day.
    """
    assert regimes.swing is not None
    daily = TimeAxis(axis.start, axis.end, MINUTES_PER_DAY)
    days = Span(span.first // HOURS_PER_DAY, -(-span.stop // HOURS_PER_DAY))
    normals = np.empty((1, len(scope.ids), days.size))
    swing = Remembered(_SWING, regimes.swing.half_life_hours)
    noise = PersistentNoise(scope.seed, daily, scope.ids, scope.sharings("states"), 1)
    noise.fill(swing, days, normals)
    hours: Floats = np.repeat(shares_below(normals[0]) - 0.5, HOURS_PER_DAY, axis=1)
    return hours[:, : span.size]


def _draws(scope: Scope, axis: TimeAxis, span: Span) -> tuple[Floats, Floats]:
    """Return what decides whether servers keep their states, and which they enter otherwise."""

    def draw(subjects: Sequence[str]) -> Floats:
        kept = draw_uniforms(scope.seed, subjects, axis, span, "state kept")
        entered = draw_uniforms(scope.seed, subjects, axis, span, "state entered")
        return np.stack([kept, entered])

    kept_and_entered = draw(scope.ids)
    shared = scope.sharings("states")
    if shared:
        choice = draw_uniforms(scope.seed, scope.ids, axis, span, "state shared")
        share_uniforms(shared, kept_and_entered, choice, lambda subject: draw([subject])[:, 0])
    kept, entered = kept_and_entered
    return kept, entered
