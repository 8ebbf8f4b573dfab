"""The parts of the noise: how much of each metric's variance remembers for how long.

A linear model of coregionalization (P. Goovaerts, "Geostatistics for Natural Resources Evaluation",
1997, section 4.2), fitted by weighted least squares to the covariances of residuals at some lags.
Only pairs of steps in the same state count: ranking inside states makes the others too different.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Codes, Floats
from capgen.twins.fit.clock import Clock

_LAG_HOURS = (0, 1, 2, 3, 4, 6, 8, 12, 18, 30, 42, 60, 84, 110, 150)
_LAG_DAYS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20)
_LAG_STEPS = (1, 2, 3, 6)  # within an hour
_VARIANCES = 3.0  # weight of lag 0, whose covariances these are
_FEWEST_PAIRS = 30
_LEAST_SHARE = 0.02  # of pairs in the same state, that counts in the weights
_SWEEPS = 300
_SETTLED = 1e-4
_SMALL = 1e-9
_AT_ONCE = 256  # servers


def half_lives(clock: Clock) -> tuple[float, ...]:
    """Return the half-lives of the parts, in hours: 0 for what remembers nothing.

    Args:
        clock: its step decides which can be told apart.
    """
    if clock.slots_per_day == 1:
        return (0.0, 72.0, 400.0)
    if clock.steps_per_slot > 1:
        return (0.0, 0.25, 2.0, 12.0, 72.0, 400.0)
    return (0.0, 2.0, 12.0, 72.0, 400.0)


class Equations(NamedTuple):
    """What is to be solved for the covariances of a server's parts.

    Args:
        factors: of the parts in each other's equation, shape (parts, parts).
        targets: for each two metrics, shape (parts, metrics, metrics).
    """

    factors: Floats
    targets: Floats


def equations_of(left: Floats, states: Codes, clock: Clock) -> Equations:
    """Return the normal equations of a server's noise.

    Args:
        left: residuals, shape (metrics, steps), NaN where there is none.
        states: of the steps.
        clock: of the steps.
    """
    lags = _lags(clock)
    covariances, weights = _covariances(left, states, lags)
    hours = np.array(half_lives(clock))
    decays = np.exp2(-lags[:, None] * clock.step_hours / np.maximum(hours, _SMALL))
    decays[lags == 0] = 1.0
    weighted = decays * weights[:, None]
    return Equations(
        np.einsum("lp,lq->pq", weighted, weighted),
        np.einsum("lp,lab->pab", weighted * weights[:, None], covariances),
    )


def noise_factors(equations: Sequence[Equations]) -> Floats:
    """Return the factors of the parts' covariances.

    Args:
        equations: of each server.

    Returns:
        Lower triangular, shape (servers, parts, metrics, metrics); the squares of a metric's
        entries in all parts sum to 1.
    """
    ends = range(0, len(equations), _AT_ONCE)
    return np.concatenate([_factors(equations[first : first + _AT_ONCE]) for first in ends])


def _factors(equations: Sequence[Equations]) -> Floats:
    factors = _lower(_possible(_least_squares(equations)))
    variances = (factors**2).sum(axis=(1, 3))
    servers, metrics = np.nonzero(variances < _SMALL)
    factors[servers, 0, metrics] = np.eye(variances.shape[1])[metrics]
    variances[servers, metrics] = 1.0
    whole: Floats = factors / np.sqrt(variances)[:, None, :, None]
    return whole


def _lags(clock: Clock) -> NDArray[np.int64]:
    """Return the lags in steps: none over more than a third of the time."""
    if clock.slots_per_day == 1:
        lags = np.array(_LAG_DAYS)
    else:
        within = _LAG_STEPS if clock.steps_per_slot > 1 else ()
        hours = np.array(_LAG_HOURS) / clock.step_hours
        lags = np.unique(np.ceil(np.concatenate([within, hours])))
    return lags[lags <= clock.steps // 3].astype(np.int64)


def _covariances(left: Floats, states: Codes, lags: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the covariances of the metrics at each lag, and what each lag counts for."""
    known = np.isfinite(left)
    numbers = np.maximum(known.sum(axis=1, keepdims=True), 1)
    apart = left - np.where(known, left, 0.0).sum(axis=1, keepdims=True) / numbers
    apart = np.where(known, apart, 0.0)
    apart /= np.maximum(np.sqrt((apart**2).sum(axis=1, keepdims=True) / numbers), _SMALL)
    marks = known.astype(np.float64)
    covariances = np.zeros((len(lags), len(left), len(left)))
    shares = np.zeros(len(lags))
    for number, lag in enumerate(lags.tolist()):
        stop = left.shape[1] - lag
        same = (states[:stop] == states[lag:]).astype(np.float64)
        pairs = np.einsum("at,bt->ab", marks[:, :stop] * same, marks[:, lag:])
        sums = np.einsum("at,bt->ab", apart[:, :stop] * same, apart[:, lag:])
        found = np.where(pairs > _FEWEST_PAIRS, sums / np.maximum(pairs, 1), 0.0)
        covariances[number] = (found + found.T) / 2
        shares[number] = same.mean()
    weights = np.where(lags == 0, _VARIANCES, 1 / np.sqrt(np.maximum(lags, 1)))
    return covariances, weights * np.sqrt(np.maximum(shares, _LEAST_SHARE))


def _least_squares(equations: Sequence[Equations]) -> Floats:
    """Return the covariances of each part, shape (servers, parts, metrics, metrics).

    Coordinate by coordinate, within limits: variances are not negative, and no part covaries by
    more than 1. Servers come last meanwhile, all at once; each ends where it would alone.
    """
    factors = np.stack([each.factors for each in equations], axis=-1)
    targets = np.stack([each.targets for each in equations], axis=-1)
    first, second = np.tril_indices(targets.shape[1])
    targets = targets[:, first, second]
    lowest = np.where(first == second, 0.0, -1.0)[:, None]
    found = np.zeros_like(targets)
    moving = np.arange(len(equations))
    for _ in range(_SWEEPS):
        before = found[:, :, moving]
        now = _swept(before, factors[:, :, moving], targets[:, :, moving], lowest)
        found[:, :, moving] = now
        moving = moving[np.abs(now - before).max(axis=(0, 1)) >= _SETTLED]
        if not len(moving):
            break
    whole = np.zeros((len(equations), len(found), *equations[0].targets.shape[1:]))
    whole[:, :, first, second] = np.moveaxis(found, -1, 0)
    whole[:, :, second, first] = np.moveaxis(found, -1, 0)
    return whole


def _swept(covariances: Floats, factors: Floats, targets: Floats, lowest: Floats) -> Floats:
    """Return what solving each part's equation in turn makes of the covariances."""
    found: Floats = covariances.copy()
    for part, row in enumerate(factors):
        missing = targets[part] - (row[:, None] * found).sum(axis=0)
        moved = np.minimum(found[part] + missing / row[part], 1.0)
        np.maximum(moved, lowest, out=found[part])
    return found


def _possible(covariances: Floats) -> Floats:
    """Return the nearest covariances without negative variances in any direction, as roots."""
    values, vectors = np.linalg.eigh(covariances)
    roots: Floats = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    return roots


def _lower(roots: Floats) -> Floats:
    """Return the lower triangular factors of root × root′."""
    upper: Floats = np.linalg.qr(np.swapaxes(roots, -1, -2)).R
    signs = np.where(np.diagonal(upper, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
    lower: Floats = np.swapaxes(upper * signs[..., None], -1, -2)
    return lower
