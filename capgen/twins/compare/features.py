"""What a classifier is told of a week of a server."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from capgen.timeline.epoch import HOURS_PER_DAY
from capgen.twins.compare.cells import Floats

_LAGS = (1, 2, 6, 12, 24, 48)  # steps
_LEVELS = (0.05, 0.5, 0.95)
_TINY = 1e-9


def features(values: Floats, steps_per_day: int) -> Floats:
    """Return numbers that describe weeks.

    Args:
        values: shape (weeks, metrics, steps).
        steps_per_day: 24 for hours.

    Returns:
        Shape (weeks, features).
    """
    logs = np.log1p(np.maximum(values, 0))
    found = [*_levels(values, logs), *_limits(values)]
    scores = _scores(logs)
    found += [*_of_scores(scores, steps_per_day), *_pairs(scores)]
    return np.nan_to_num(np.concatenate(found, axis=1))


def _scores(values: Floats) -> Floats:
    centred = values - values.mean(axis=2, keepdims=True)
    scores: Floats = centred / (values.std(axis=2, keepdims=True) + _TINY)
    return scores


def _levels(values: Floats, logs: Floats) -> Iterator[Floats]:
    yield logs.mean(axis=2)
    yield logs.std(axis=2)
    yield logs.max(axis=2)
    yield logs.min(axis=2)
    yield np.log1p(values.std(axis=2) / (np.abs(values.mean(axis=2)) + _TINY))


def _limits(values: Floats) -> Iterator[Floats]:
    ordered = np.sort(values, axis=2)
    yield (ordered[..., 1:] == ordered[..., :-1]).mean(axis=2)
    yield (values[..., 1:] == values[..., :-1]).mean(axis=2)
    yield (values == ordered[..., :1]).mean(axis=2)
    yield (values == ordered[..., -1:]).mean(axis=2)


def _of_scores(scores: Floats, steps_per_day: int) -> Iterator[Floats]:
    steps = scores.shape[2]
    squares = scores**2
    yield np.arcsinh((squares * scores).mean(axis=2))
    yield np.log1p((squares**2).mean(axis=2))
    for lag in _LAGS:
        if lag < steps // 2:
            yield (scores[..., :-lag] * scores[..., lag:]).mean(axis=2)
    moves = np.diff(scores, axis=2)
    yield np.abs(moves).mean(axis=2)
    yield np.arcsinh((moves**2 * moves).mean(axis=2))
    yield (np.sign(scores[..., 1:]) != np.sign(scores[..., :-1])).mean(axis=2)
    ordered = np.sort(scores, axis=2)
    for level in _LEVELS:
        yield ordered[..., int(level * (steps - 1))]
    yield ordered[..., -1]
    yield from _rhythm(scores, steps_per_day)


def _rhythm(scores: Floats, steps_per_day: int) -> Iterator[Floats]:
    days = scores.reshape(*scores.shape[:2], -1, steps_per_day)
    means = days.mean(axis=3)
    yield means.var(axis=2)
    yield means.max(axis=2) - means.min(axis=2)
    if steps_per_day >= HOURS_PER_DAY:
        yield days.mean(axis=2).var(axis=2)
        yield days.max(axis=3).std(axis=2)
        yield days.std(axis=3).std(axis=2)
        yield days.mean(axis=2).argmax(axis=2).astype(float)


def _pairs(scores: Floats) -> Iterator[Floats]:
    for left, right in combinations(range(scores.shape[1]), 2):
        yield (scores[:, left] * scores[:, right]).mean(axis=1, keepdims=True)
