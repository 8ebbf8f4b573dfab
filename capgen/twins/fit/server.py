"""Fits one server: everything that a row of the library says, before it is rounded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capgen.draws.arrays import Codes, Floats
from capgen.layers.library.schema import SCORES
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.curves import curves_of
from capgen.twins.fit.noise import Equations, equations_of
from capgen.twins.fit.resolution import resolution_of
from capgen.twins.fit.rhythm import rhythm_of
from capgen.twins.fit.scores import scores_of
from capgen.twins.fit.season import residuals, season_of, spread_of
from capgen.twins.fit.states import states_of


@dataclass(frozen=True, slots=True, eq=False)
class FittedServer:
    """What is known of a server.

    Args:
        chances: of states, shape (kinds, 2, slots of a day, states).
        stickiness: chance to stay in each state from slot to slot, shape (states,).
        kinds: chances of the kinds of day, shape (7 or 8, kinds).
        kind_stickiness: chance to stay with a kind.
        levels: mean of each metric, shape (metrics,); 0 where there is none.
        curves: quantiles of each metric in each state, shape (metrics, states, points).
        season: added to scores, shape (metrics, states, 2 × slots of a day).
        noise_scale: what the noise is multiplied by, shape (metrics,).
        noise: what its parts solve.
        resolution: step of each metric's grid, shape (metrics,).
        shares: of the time in each state, shape (states,).
    """

    chances: Floats
    stickiness: Floats
    kinds: Floats
    kind_stickiness: float
    levels: Floats
    curves: Floats
    season: Floats
    noise_scale: Floats
    noise: Equations
    resolution: Floats
    shares: Floats


def fit_server(values: Floats, clock: Clock, counts: tuple[int, int]) -> FittedServer:
    """Fit a server.

    Args:
        values: shape (metrics, steps), NaN where missing.
        clock: of the steps.
        counts: numbers of states and of kinds of day.
    """
    states = states_of(values, clock, counts[0])
    rhythm = rhythm_of(states, clock, counts)
    of_steps = np.repeat(states, clock.steps_per_slot)
    cells = np.repeat(clock.slot_cells, clock.steps_per_slot)
    curves = curves_of(values, of_steps, counts[0])
    scores = scores_of(values, of_steps, counts[0])
    season = season_of(scores, of_steps, cells, (counts[0], clock.cells))
    left = residuals(scores, season, of_steps, cells)
    return FittedServer(
        chances=rhythm.chances,
        stickiness=rhythm.stickiness,
        kinds=rhythm.kinds,
        kind_stickiness=rhythm.kind_stickiness,
        levels=levels_of(values),
        curves=curves,
        season=season,
        noise_scale=spread_of(left),
        noise=equations_of(left, of_steps, clock),
        resolution=_resolutions(values, curves, scores, of_steps),
        shares=np.bincount(states[states >= 0], minlength=counts[0]) / max(1, (states >= 0).sum()),
    )


def levels_of(values: Floats) -> Floats:
    """Return the mean of each metric; 0 where it has no value.

    Args:
        values: shape (metrics, steps), NaN where missing.
    """
    known = np.isfinite(values)
    sums = np.where(known, values, 0.0).sum(axis=1)
    levels: Floats = sums / np.maximum(known.sum(axis=1), 1)
    return levels


def _resolutions(values: Floats, curves: Floats, scores: Floats, states: Codes) -> Floats:
    found = np.zeros(len(values))
    for metric, of_metric in enumerate(values):
        modelled = np.full(of_metric.shape, np.nan)
        for state, curve in enumerate(curves[metric]):
            inside = states == state
            modelled[inside] = np.interp(scores[metric, inside], SCORES, curve)
        known = np.isfinite(of_metric) & np.isfinite(modelled)
        found[metric] = resolution_of(of_metric[known], modelled[known])
    return found
