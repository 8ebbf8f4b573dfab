"""What a fit should find of a known server, and what it found, as numbers by name."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.library.schema import SCORES
from capgen.layers.library.table import Library

FIRST_DAY_OF_WEEKEND = 5
DAY = slice(9, 19)
LAGS = (1, 6, 24)
SCORES_OF_QUANTILES = np.array([-1.645, 0.0, 1.645])


def facts_of(library: Library) -> dict[str, Floats]:
    """Return what rows of a library say, whatever the order of their kinds: one value a row.

    Args:
        library: its states go from low to high.
    """
    rows = np.arange(library.rows)
    chances = library.numbers("chances")
    kinds = library.numbers("kinds")
    states = np.arange(chances.shape[-1])
    heights = (chances * states).sum(axis=-1).mean(axis=(2, 3))
    order = np.argsort(heights, axis=1)
    busy_chances = np.take_along_axis(chances, order[:, 1:, None, None, None], axis=1)[:, 0]
    busy = np.take_along_axis(kinds, order[:, None, 1:], axis=2)[:, :, 0]
    values = _quantiles(library)
    factors = library.noise_factors(rows)
    return {
        "share of busy days, weekdays": busy[:, :FIRST_DAY_OF_WEEKEND].mean(axis=1),
        "share of busy days, weekends": busy[:, FIRST_DAY_OF_WEEKEND:].mean(axis=1),
        "chance of the top state, busy weekdays": busy_chances[:, 0, DAY, -1].mean(axis=1),
        "chance of the lowest state, busy weekends": busy_chances[:, 1, DAY, 0].mean(axis=1),
        **{
            f"stickiness, state {state}": library.numbers("stickiness")[:, state]
            for state in states
        },
        "stickiness of kinds": library.numbers("kind_stickiness").mean(axis=1),
        **{f"median, state {state}": values[:, state, 1] for state in states},
        **{f"spread, state {state}": values[:, state, 2] - values[:, state, 0] for state in states},
        "season, sine": _wave(library, np.sin),
        "season, cosine": _wave(library, np.cos),
        **{f"noise left after {lag} h": _left(library, factors, lag, 0, 0) for lag in LAGS},
        "noise of two metrics": _left(library, factors, 0, 0, 1),
        "resolution": np.log10(library.columns["resolution"][:, 0]),
        "missing": library.numbers("missing")[:, 0],
        "hours of outages a year": library.columns["outages"].prod(axis=1),
    }


def _quantiles(library: Library) -> Floats:
    """Return some quantiles of the first metric's logarithms in each state: 5, 50 and 95 %.

    A state comes in some hours more than in others, and the season with it: a curve and the mean
    of its season say what their sum is, not either of them.
    """
    usual = library.numbers("chances").mean(axis=1)
    weights = np.moveaxis(usual * np.array([5, 2])[:, None, None], -1, 1)
    weights /= weights.sum(axis=(2, 3), keepdims=True)
    season = library.numbers("season")[:, 0]
    means = (weights * season).sum(axis=(2, 3))
    variances = (weights * season**2).sum(axis=(2, 3)) - means**2
    spreads = np.sqrt(library.numbers("noise_scale")[:, :1] ** 2 + variances)
    curves = library.quantiles(np.arange(library.rows))[:, 0]
    found = np.empty((*means.shape, len(SCORES_OF_QUANTILES)))
    for place in np.ndindex(means.shape):
        scores = means[place] + spreads[place] * SCORES_OF_QUANTILES
        found[place] = np.interp(scores, SCORES, np.log(curves[place]))
    quantiles: Floats = found + np.log(library.columns["levels"][:, :1, None])
    return quantiles


def _wave(library: Library, wave: np.ufunc) -> Floats:
    season = library.numbers("season")[:, 0].mean(axis=(1, 2))
    found: Floats = (season * wave(2 * np.pi * np.arange(24) / 24)).mean(axis=1)
    return found


def _left(library: Library, factors: Floats, lag: int, first: int, second: int) -> Floats:
    """Return how much the noise of one metric says of another's, some hours later."""
    half_lives = np.array(library.facts.half_lives)
    decays = np.where(half_lives > 0, np.exp2(-lag / np.maximum(half_lives, 1e-9)), lag == 0)
    covariances = (factors[:, first] * factors[:, second]).sum(axis=1)
    left: Floats = (covariances * decays[:, None]).sum(axis=0)
    return left
