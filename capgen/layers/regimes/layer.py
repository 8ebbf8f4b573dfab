"""The layer of regimes: the states that servers move between, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from capgen.draws.arrays import Floats
from capgen.draws.persistence import Remembered
from capgen.layers.answers import Effect, Neutral, Parameter
from capgen.layers.curves import PointCurves
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.noise_parts.layer import sum_problems
from capgen.layers.regimes.chances import (
    kind_chances,
    weekly_chances,
    weekly_slopes,
)
from capgen.layers.regimes.drawing import draw_states
from capgen.layers.regimes.problems import curve_problems, empty_days, empty_hours
from capgen.layers.regimes.rhythm import DayRhythm, Rhythm
from capgen.layers.regimes.settings import MOST_STICKINESS, Regimes
from capgen.layers.regimes.shares import usual_states
from capgen.layers.scope import Kind, Scope
from capgen.layers.states import States
from capgen.settings.names import unknown_names
from capgen.settings.quantiles import Quantiles
from capgen.timeline.epoch import HOURS_PER_DAY

_SWING = "state swing"
_FORGOTTEN = 1e-6


class RegimeLayer(Layer[Regimes]):
    """States that servers move between."""

    name = "regimes"
    key = "archetypes.*.regimes"
    example = (
        "{states: {idle: {chances: {weekday: 3, weekend: 5}, stickiness: 0.9, level: "
        "{cpu: 0.5}, swing: -1}, busy: {chances: {weekday: 1}, stickiness: 0.8, level: "
        "{cpu: 2}, spread: {cpu: 0.8}, swing: 1}}, swing: {half_life_hours: 96, strength: "
        "0.5}}"
    )
    has_closed_form = False
    effects = (Effect("regimes", 120, "difference of levels between states", adds_up=True),)

    def problems(self, settings: Regimes, known: Known) -> Iterator[str]:
        """Yield unknown metrics, impossible correlations, and hours without any state."""
        for name, state in settings.states.items():
            here = f"{known.path}.states.{name}"
            for section in ("level", "spread", "quantiles"):
                yield from unknown_names(f"{here}.{section}", getattr(state, section), known.drawn)
            for key in state.quantiles:
                if key in known.metrics and known.metrics[key].shape == "normal":
                    yield (
                        f"{here}.quantiles.{key}: expected a metric whose shape is lognormal or "
                        "quantiles, got normal"
                    )
            if state.correlation is not None:
                path = f"{here}.correlation"
                parts = known.kind.noise_parts
                yield from sum_problems(path, parts, state.correlation, known)
            yield from unknown_names(f"{here}.kinds", state.kinds or {}, settings.kinds or {})
        yield from curve_problems(f"{known.path}.states", settings, known.drawn)
        yield from empty_days(f"{known.path}.kinds", settings)
        yield from empty_hours(f"{known.path}.states", settings)

    def parameters(self, settings: Regimes, drawn: Sequence[str]) -> Iterator[Parameter]:
        """Yield the stickiness of each state, and the levels and spreads that it has."""
        for name, state in settings.states.items():
            path = f"regimes.states.{name}"
            yield Parameter(f"{path}.stickiness", highest=MOST_STICKINESS)
            yield from (Parameter(f"{path}.level.{key}") for key in state.level)
            yield from (Parameter(f"{path}.spread.{key}") for key in state.spread)

    def looks_back_on_holidays(self, settings: Regimes) -> bool:
        """Kinds of day have a memory."""
        return settings.has_holidays

    def state_names(self, settings: Regimes) -> list[str]:
        """Return the names of the states."""
        return list(settings.states)

    def state_correlations(self, settings: Regimes) -> list[Mapping[str, float] | None]:
        """Return the correlation of each state that has its own."""
        return [state.correlation for state in settings.states.values()]

    def states(self, settings: Regimes, scope: Scope) -> States | None:
        """Draw the states of servers."""
        quantiles: dict[str, dict[int, Quantiles]] = {}
        for number, state in enumerate(settings.states.values()):
            for key, wanted in state.quantiles.items():
                quantiles.setdefault(key, {})[number] = wanted
        return States(
            draw_states(_own_rhythm(settings, scope), scope),
            _tables(settings, scope, "level"),
            _tables(settings, scope, "spread"),
            quantiles,
            _curves(settings),
        )

    def usual_states(
        self,
        settings: Regimes,
        kind: Kind,
        servers: pl.DataFrame,
        calendars: Sequence[pl.DataFrame],
    ) -> Floats:
        """Return the chances by hour, and by what they are over all kinds of day."""
        return usual_states(rhythm_of(settings), kind.axis, calendars)

    def state_levels(
        self, settings: Regimes, kind: Kind, servers: pl.DataFrame, key: str
    ) -> Floats:
        """Return the states' levels, and the means of their curves."""
        levels = np.array([[state.level.get(key, 1.0) for state in settings.states.values()]])
        curves = _curves(settings)
        return levels * curves[key].means if key in curves else levels

    def half_lives(self, settings: Regimes) -> list[float]:
        """Return that of the swing."""
        return [settings.swing.half_life_hours] if settings.swing else []

    def dwell_hours(self, settings: Regimes) -> list[float]:
        """Return for how long each state lasts on average, and each kind of day."""
        kinds = (settings.kinds or {}).values()
        return [
            *(1 / (1 - state.stickiness) for state in settings.states.values()),
            *(HOURS_PER_DAY / (1 - kind.stickiness) for kind in kinds),
        ]

    def neutral(self, settings: Regimes, kind: Kind) -> Iterator[Neutral]:
        """Yield servers without states."""
        yield Neutral("regimes", without=True)


def _tables(settings: Regimes, scope: Scope, what: str) -> dict[str, Floats]:
    """Return by metric a factor of each state, shape (servers or 1, states)."""
    sections = {name: getattr(state, what) for name, state in settings.states.items()}
    keys = dict.fromkeys(key for section in sections.values() for key in section)
    tables = {}
    for key in keys:
        paths = {name: f"regimes.states.{name}.{what}.{key}" for name in sections}
        if scope.kind.own.isdisjoint(paths.values()):
            tables[key] = np.array([[section.get(key, 1.0) for section in sections.values()]])
            continue
        factors = [
            scope.parameter(paths[name]) if key in section else 1.0
            for name, section in sections.items()
        ]
        columns = (np.reshape(each, (-1, 1)) for each in factors)
        tables[key] = np.hstack(np.broadcast_arrays(*columns))
    return tables


def _curves(settings: Regimes) -> dict[str, PointCurves]:
    """Return by metric the curves of the states."""
    of_states = [state.curve or {} for state in settings.states.values()]
    keys = dict.fromkeys(key for curves in of_states for key in curves)
    return {key: PointCurves.through(curves[key] for curves in of_states) for key in keys}


def rhythm_of(settings: Regimes) -> Rhythm:
    """Return what decides the states of an archetype's servers.

    Args:
        settings: its regimes.
    """
    stickiness = np.array([state.stickiness for state in settings.states.values()])
    swings = settings.swing and settings.swing.strength
    chances = weekly_chances(settings)
    return Rhythm(
        chances[:, None],
        stickiness[:, None, None],
        float(stickiness.max()),
        _FORGOTTEN,
        _day_rhythm(settings) if settings.kinds else None,
        weekly_slopes(settings, chances)[:, None] if swings else None,
        Remembered(_SWING, settings.swing.half_life_hours) if settings.swing else None,
    )


def _own_rhythm(settings: Regimes, scope: Scope) -> Rhythm:
    """Return what decides the states of some servers, whose stickiness may be their own."""
    rhythm = rhythm_of(settings)
    paths = [f"regimes.states.{name}.stickiness" for name in settings.states]
    if not scope.kind.own.intersection(paths):
        return rhythm
    own = (np.ravel(scope.parameter(path)) for path in paths)
    stickiness = np.stack(np.broadcast_arrays(*own))[:, :, None]
    return replace(rhythm, stickiness=stickiness, most_stickiness=MOST_STICKINESS)


def _day_rhythm(settings: Regimes) -> DayRhythm:
    assert settings.kinds is not None
    stickiness = np.array([kind.stickiness for kind in settings.kinds.values()])
    return DayRhythm(kind_chances(settings)[:, None], stickiness[:, None, None])
