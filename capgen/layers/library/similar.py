"""Which rows of a library are most like one, by what its server does: not by its levels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.layers.curves import Curves
from capgen.layers.library.schema import HIGHEST_SCORE
from capgen.layers.library.table import Library

_DECIMALS = 9  # sums differ between machines in the last bits; rounded ones do not
_LEAST = 1e-3  # of what logarithms are taken of
_FARTHEST = 3  # in standard deviations: no feature decides alone
_WORK = slice(9, 18)  # hours
_NIGHT = slice(0, 6)
Rows = NDArray[np.int64]


def similar_rows(library: Library, rows: Rows, group: Rows, count: int) -> list[Rows]:
    """Return for each of some rows those of a group that are like it, and itself.

    The group is parted, so that each row is like as many as are like it. Were it the nearest ones,
    a few rows in the middle would be near to nearly all, and the others to none.

    Args:
        library: the table.
        rows: positions of rows of the group.
        group: positions of the rows to choose from, climbing.
        count: about how many to return, or all there are.
    """
    parts, number = _parts(library, tuple(group.tolist()), count)
    return [parts[number[row]] for row in rows.tolist()]


@lru_cache(maxsize=8)
def _parts(
    library: Library, group: tuple[int, ...], count: int
) -> tuple[list[Rows], dict[int, int]]:
    """Return a group's parts, and the number of the part in which each row is."""
    every = np.array(group)
    features = _standard_features(library, every)
    wanted = max(1, round(len(group) / count))
    parts = [every[places] for places in _parted(features, np.arange(len(group)), wanted)]
    return parts, {row: number for number, part in enumerate(parts) for row in part.tolist()}


def _parted(features: Floats, places: Rows, parts: int) -> Iterator[Rows]:
    """Yield parts of nearly one size, cut where rows differ most."""
    if parts == 1:
        yield places
        return
    variances = features[places].var(axis=0).round(_DECIMALS)
    order = places[np.argsort(features[places, variances.argmax()], kind="stable")]
    first = parts // 2
    middle = len(places) * first // parts
    yield from _parted(features, order[:middle], first)
    yield from _parted(features, order[middle:], parts - first)


def _standard_features(library: Library, group: Rows) -> Floats:
    """Return what rows are told apart by, in standard deviations, shape (rows, features)."""
    return _standard(np.column_stack(list(_each_feature(library, group))))


def _standard(features: Floats) -> Floats:
    apart = features - features.mean(axis=0)
    sds = np.maximum(features.std(axis=0), 1e-6)
    standard: Floats = np.clip(apart / sds, -_FARTHEST, _FARTHEST).round(_DECIMALS)
    return standard


def _each_feature(library: Library, group: Rows) -> Iterator[Floats]:
    chances = library.numbers("chances", group)
    days = library.numbers("kinds", group).mean(axis=1)
    # Over the kinds of day: shape (rows, week, hours, states).
    by_hour = np.einsum("rk,rkwhs->rwhs", days, chances)
    shares = by_hour.mean(axis=(1, 2))
    curves = library.quantiles(group)
    far = np.cumsum(library.noise_factors(group)[::-1] ** 2, axis=0).sum(axis=2)
    for metric in range(curves.shape[1]):
        means = Curves(HIGHEST_SCORE, curves[:, metric]).means
        usual = np.maximum(np.sum(means * shares, axis=1), _LEAST)
        yield _logarithm(np.sum(curves[:, metric, :, -1] * shares, axis=1) / usual)
        yield np.sqrt(np.sum((means / usual[:, None] - 1) ** 2 * shares, axis=1))
        levels = np.einsum("rwhs,rs->rwh", by_hour, means / usual[:, None])
        yield _logarithm(levels[:, 0, _WORK].mean(axis=1))
        yield _logarithm(levels[:, 0, _NIGHT].mean(axis=1))
        yield _logarithm(levels[:, 1].mean(axis=1))
        yield from far[:-1, metric]
    yield np.sum(library.numbers("stickiness", group) * shares, axis=1)


def _logarithm(values: Floats) -> Floats:
    logarithms: Floats = np.log(np.maximum(values, _LEAST))
    return logarithms
