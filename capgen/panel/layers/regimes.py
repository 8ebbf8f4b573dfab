"""Regimes: the states that servers move between, hour by hour.

A coupled chain: with the chances π of one hour and π' of the next, a server stays in state k with probability
min(1, π'(k) / π(k)) × stickiness(k), and one that leaves enters j with probability in proportion to
π'(j) − π(j) × stay(j). The chances hold exactly in every hour, whatever the stickiness.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.dynamics import MOST_STICKINESS, Regimes
from capgen.config.model import Archetype
from capgen.draws.arrays import Codes as States
from capgen.draws.arrays import Floats
from capgen.draws.by_block import draw_uniforms
from capgen.draws.persistence import PersistentNoise, Remembered
from capgen.draws.sharing import share_uniforms
from capgen.panel.layers.local_time import clocks, zone_of
from capgen.panel.layers.server_spread import of_server, spread_column
from capgen.panel.layers.shared_movement import sharings
from capgen.panel.layers.state_chain import chain_states
from capgen.panel.layers.state_chances import HOURS_A_DAY, hours_of_week, shares_below, weekly_chances, weekly_slopes
from capgen.timeline.epoch import MINUTES_PER_DAY
from capgen.timeline.time_axis import Span, TimeAxis

_FORGOTTEN = 1e-6  # chance that a year's first state still depends on where its warm-up began
_SWING = "state swing"
_MINUTES_AN_HOUR = 60


def draw_states(config: Config, archetype: str, servers: pl.DataFrame, axis: TimeAxis, span: Span) -> States | None:
    """Return the state of each server at each step, by its position among the archetype's states.

    Args:
        config: a valid configuration.
        archetype: its name.
        servers: the server frame.
        axis: the time axis.
        span: steps of one year.

    Returns:
        Shape (servers, steps); None where the archetype has no states. A state lasts for whole hours; a daily step
        shows that of one hour of its day, taken by chance.
    """
    kind = config.archetypes[archetype]
    if kind.regimes is None:
        return None
    year = axis.timestamp(span.first).year
    hourly = TimeAxis(axis.start, axis.end, _MINUTES_AN_HOUR)
    first = hourly.days(date(year, 1, 1) - _warm_up(kind), date(year, 1, 1)).first
    hours = _hours_of(config, servers, axis, span) - first
    states = _hourly_states(config, kind, servers, hourly, Span(first, first + int(hours.max()) + 1))
    return np.take_along_axis(states, np.broadcast_to(hours, (servers.height, span.size)), axis=1)


def _warm_up(archetype: Archetype) -> timedelta:
    """Return for how long before a year its first state is followed: less than the year before.

    Chains that began in different states are in the same one as soon as a draw keeps neither where it is: at the latest
    when one exceeds the highest stickiness.
    """
    assert archetype.regimes is not None
    may_differ = any(path.endswith("stickiness") for path in archetype.spread)
    highest = MOST_STICKINESS if may_differ else max(each.stickiness for each in archetype.regimes.states.values())
    hours = math.log(_FORGOTTEN) / math.log(highest) if highest else 0
    return timedelta(days=1 + int(hours / HOURS_A_DAY))


def state_column(config: Config, archetype: str, states: States) -> pl.Series:
    """Return the names of states, null where the archetype has none.

    Args:
        config: a valid configuration.
        archetype: its name.
        states: their positions, of any shape.
    """
    regimes = config.archetypes[archetype].regimes
    names = list(regimes.states) if regimes else []
    texts = pl.Series(names or [None], dtype=pl.Enum(names))
    return texts.gather(states.ravel())


def _hours_of(config: Config, servers: pl.DataFrame, axis: TimeAxis, span: Span) -> NDArray[np.int64]:
    """Return the hour that each step shows, counted from 1970, shape (1, steps), or (servers, steps) for daily ones."""
    hours = np.arange(span.first, span.stop)[None, :] * axis.step_minutes // _MINUTES_AN_HOUR
    if axis.step_minutes < MINUTES_PER_DAY:
        return hours
    of_day = draw_uniforms(config.seed, servers["server_id"].to_list(), axis, span, "state hour") * HOURS_A_DAY
    return hours + of_day.astype(np.int64)


def _hourly_states(config: Config, archetype: Archetype, servers: pl.DataFrame, axis: TimeAxis, span: Span) -> States:
    regimes = archetype.regimes
    assert regimes is not None
    zone_of_clock = [zone_of(config, clock) for clock in clocks(config)]
    zones = [zone_of_clock[clock] for clock in servers["clock"].to_physical().to_list()]
    hours = hours_of_week(axis, span, zones)
    chances = np.take(weekly_chances(regimes), hours, axis=1)  # much faster than by index
    if regimes.swing and regimes.swing.strength:
        swings = np.take(weekly_slopes(regimes), hours, axis=1) * _swings(config, regimes, servers, axis, span)
        chances = np.add(chances, swings, out=swings)
    stickiness = _stickiness(archetype, regimes, servers)
    if stickiness.shape[1] > chances.shape[1]:
        chances = np.repeat(chances, stickiness.shape[1], axis=1)
    return chain_states(chances, stickiness, *_draws(config, servers, axis, span))


def _stickiness(archetype: Archetype, regimes: Regimes, servers: pl.DataFrame) -> Floats:
    """Return the stickiness of the states, shape (states, servers or 1, 1)."""
    paths = [f"regimes.states.{name}.stickiness" for name in regimes.states]
    own = {spread_column(path): servers[spread_column(path)].to_numpy() for path in paths if path in archetype.spread}
    every = np.broadcast_arrays(*(np.atleast_1d(of_server(archetype, path, own)) for path in paths))
    return np.stack(every)[:, :, None]


def _swings(config: Config, regimes: Regimes, servers: pl.DataFrame, axis: TimeAxis, span: Span) -> Floats:
    """Return how the chances of servers swing, from −1/2 to 1/2, shape (servers, hours): a value a day."""
    assert regimes.swing is not None
    daily = TimeAxis(axis.start, axis.end, MINUTES_PER_DAY)
    days = Span(span.first // HOURS_A_DAY, -(-span.stop // HOURS_A_DAY))
    normals = np.empty((1, servers.height, days.size))
    swing = Remembered(_SWING, regimes.swing.half_life_hours)
    shared = sharings(config, servers, "states")
    ids = servers["server_id"].to_list()
    PersistentNoise(config.seed, daily, ids, shared, 1).fill(swing, days, normals)
    hours: Floats = np.repeat(shares_below(normals[0]) - 0.5, HOURS_A_DAY, axis=1)
    return hours[:, : span.size]


def _draws(config: Config, servers: pl.DataFrame, axis: TimeAxis, span: Span) -> tuple[Floats, Floats]:
    """Return what decides whether each server keeps its state, and which one it enters otherwise."""

    def draw(subjects: Sequence[str]) -> Floats:
        purposes = ("state kept", "state entered")
        return np.stack([draw_uniforms(config.seed, subjects, axis, span, purpose) for purpose in purposes])

    ids = servers["server_id"].to_list()
    kept_and_entered = draw(ids)
    shared = sharings(config, servers, "states")
    if shared:
        choice = draw_uniforms(config.seed, ids, axis, span, "state shared")
        share_uniforms(shared, kept_and_entered, choice, lambda subject: draw([subject])[:, 0])
    kept, entered = kept_and_entered
    return kept, entered
