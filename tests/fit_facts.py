"""What a fit should find of a known server, and what it found, as numbers by name."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.library.table import Library

FIRST_DAY_OF_WEEKEND = 5
DAY = slice(9, 19)
LAGS = (1, 6, 24)


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
    curves = library.quantiles(rows) * library.columns["levels"][:, :, None, None]
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
        **{f"median, state {state}": np.log(curves[:, 0, state, 8]) for state in states},
        **{f"spread, state {state}": _spread(curves[:, 0, state]) for state in states},
        "season, sine": _wave(library, np.sin),
        "season, cosine": _wave(library, np.cos),
        **{f"noise left after {lag} h": _left(library, factors, lag, 0, 0) for lag in LAGS},
        "noise of two metrics": _left(library, factors, 0, 0, 1),
        "resolution": np.log10(library.columns["resolution"][:, 0]),
        "missing": library.numbers("missing")[:, 0],
        "hours of outages a year": library.columns["outages"].prod(axis=1),
    }


def _spread(curve: Floats) -> Floats:
    logarithms = np.log(curve)
    spread: Floats = logarithms[:, 12] - logarithms[:, 4]
    return spread


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
