"""Draws the states that servers move between, hour by hour.

A coupled chain: with the chances π of one hour and π' of the next, a server stays in state k with
probability min(1, π'(k) / π(k)) × stickiness(k), and one that leaves enters j with probability in
proportion to π'(j) − π(j) × stay(j). The chances hold exactly in every hour, whatever the
stickiness.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache, partial

import numpy as np

from capgen.draws.arrays import Codes, Floats, Places
from capgen.draws.by_block import draw_uniforms
from capgen.draws.persistence import PersistentNoise
from capgen.layers.continuing import reached
from capgen.layers.regimes.chain import chain_states
from capgen.layers.regimes.chances import shares_below
from capgen.layers.regimes.clocks import hours_of_week
from capgen.layers.regimes.days import kinds_of_hours
from capgen.layers.regimes.moves import draw_moves
from capgen.layers.regimes.rhythm import HOURS_OF_WEEK, Hourly, Rhythm
from capgen.layers.scope import Scope
from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR
from capgen.timeline.time_axis import Span, TimeAxis


def draw_states(rhythm: Rhythm, scope: Scope) -> Places:
    """Return the state of each server at each step, by its position among the states.

    Args:
        rhythm: what decides the states.
        scope: the servers, over steps of one year.

    Returns:
        Shape (servers, steps). A state lasts for whole hours; a daily step shows that of one hour
        of its day, taken by chance.
    """
    year = scope.axis.timestamp(scope.span.first).year
    hourly = scope.axis.in_steps_of(MINUTES_PER_HOUR)
    first = _first_hour(rhythm, hourly, year)
    given = None
    if hourly.moment is not None and first < hourly.moment:
        first = hourly.moment - 1  # an hour that has begun is known
        find = partial(_last_states, rhythm, hourly.of_panel, first)
        given = reached(scope, "state", find)[:, None]
    hours = _hours_of(scope) - first
    span = Span(first, first + int(hours.max()) + 1)
    states = _hourly_states(rhythm, scope, year, hourly, span, given)
    found: Places = _shown(states, hours).astype(np.int64)
    return found


def _shown(states: Codes, hours: Places) -> Codes:
    first, last = hours[0, [0, -1]]
    if len(hours) > 1:
        shown: Codes = np.take_along_axis(states, hours, axis=1)
    elif last - first + 1 == hours.size:  # as steps are alike, each hour comes once
        shown = states[:, first : last + 1]
    else:  # by index, a server's steps would lie apart in memory
        shown = np.take(states, hours[0], axis=1)
    return shown


def _last_states(
    rhythm: Rhythm, hourly: TimeAxis, hour: int, panel: Scope, rows: Sequence[int]
) -> Codes:
    """Return the states in an hour of a panel, shape (servers,)."""
    own = rhythm.of_rows(rows)
    year = hourly.timestamp(hour).year
    span = Span(_first_hour(own, hourly, year), hour + 1)
    return _hourly_states(own, panel, year, hourly, span)[:, -1]


def _first_hour(rhythm: Rhythm, hourly: TimeAxis, year: int) -> int:
    """Return the hour from which states are followed that lie in a year."""
    new_year = date(year, 1, 1)
    return hourly.days(new_year - _warm_up(rhythm), new_year).first


def hours_shown(scope: Scope) -> Places:
    """Return the hour that each step shows: of a weekday, and then of a day of the weekend.

    Args:
        scope: the servers, by their clocks.

    Returns:
        Shape (servers or 1, steps).
    """
    hourly = scope.axis.in_steps_of(MINUTES_PER_HOUR)
    hours = _hours_of(scope)
    span = Span(int(hours.min()), int(hours.max()) + 1)
    of_week = hours_of_week(hourly, span, scope.zones)
    rows = max(len(hours), len(of_week))
    places = np.broadcast_to(hours - span.first, (rows, hours.shape[1]))
    return np.take_along_axis(np.broadcast_to(of_week, (rows, span.size)), places, axis=1)


def _warm_up(rhythm: Rhythm) -> timedelta:
    """Return for how long before a year its first state is followed: less than the year before.

    Chains that began in different states are in the same one as soon as a draw keeps neither where
    it is: at the latest when one exceeds the highest stickiness.
    """
    most = rhythm.most_stickiness
    hours = math.log(rhythm.forgotten) / math.log(most) if most else 0
    return timedelta(days=1 + int(hours / HOURS_PER_DAY))


def _hours_of(scope: Scope) -> Places:
    """Return the hour that each step shows, counted from 1970.

    Shape (1, steps), or (servers, steps) for daily ones.
    """
    step_minutes = scope.axis.step_minutes
    steps = np.arange(scope.span.first, scope.span.stop)[None, :]
    hours: Places = steps * step_minutes // MINUTES_PER_HOUR
    if step_minutes < MINUTES_PER_DAY:
        return hours
    uniforms = draw_uniforms(scope.seed, scope.ids, scope.axis, scope.span, "state hour")
    return hours + (uniforms * HOURS_PER_DAY).astype(np.int64)


def _hourly_states(
    rhythm: Rhythm,
    scope: Scope,
    year: int,
    axis: TimeAxis,
    span: Span,
    given: Codes | None = None,
) -> Codes:
    kinds = kinds_of_hours(rhythm.days, scope, year, axis, span) if rhythm.days else None
    swings = None if rhythm.slopes is None else _swings(rhythm, scope, axis, span)
    chances = partial(_chances, _tables(rhythm, scope.zones, axis, span, kinds), swings)
    return chain_states(chances, rhythm.stickiness, *draw_moves(scope, axis, span, "state"), given)


def _tables(
    rhythm: Rhythm, zones: Sequence[str | None], axis: TimeAxis, span: Span, kinds: Codes | None
) -> Callable[[slice], Hourly]:
    """Return what gives the chances of some of the servers before they swing.

    Those of all servers that live by a clock are looked up once, where servers do not differ.
    """

    @cache
    def of_clock(zone: str | None) -> Hourly:
        return rhythm.at(hours_of_week(axis, span, [zone]))

    def of_rows(rows: slice) -> Hourly:
        here = zones[rows]
        if kinds is None and rhythm.is_shared and len(set(here)) == 1:
            return of_clock(here[0])
        hours = hours_of_week(axis, span, here)
        if kinds is not None:
            hours = hours + HOURS_OF_WEEK * kinds[rows]
        return rhythm.of_rows(rows).at(hours)

    return of_rows


def _chances(tables: Callable[[slice], Hourly], swings: Floats | None, rows: slice) -> Floats:
    """Return the chances of states of some of the servers, shape (states, these or 1, hours)."""
    chances, slopes = tables(rows)
    if swings is None or slopes is None:
        return chances
    swung = slopes * swings[rows]
    return np.add(chances, swung, out=swung)


def _swings(rhythm: Rhythm, scope: Scope, axis: TimeAxis, span: Span) -> Floats:
    """Return how the chances of servers swing, from −1/2 to 1/2, shape (servers, hours).

    There is one value a day.
    """
    assert rhythm.swing is not None
    daily = axis.in_steps_of(MINUTES_PER_DAY)
    days = Span(span.first // HOURS_PER_DAY, -(-span.stop // HOURS_PER_DAY))
    normals = np.empty((1, len(scope.ids), days.size))
    noise = PersistentNoise(scope.seed, daily, scope.ids, scope.sharings("states"), 1)
    noise.fill(rhythm.swing, days, normals)
    hours: Floats = np.repeat(shares_below(normals[0]) - 0.5, HOURS_PER_DAY, axis=1)
    first = span.first - days.first * HOURS_PER_DAY
    return hours[:, first : first + span.size]
