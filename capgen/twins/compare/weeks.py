"""The weeks of chosen servers: what a classifier is told of each, and its shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capgen.timeline.epoch import DAYS_PER_WEEK, MINUTES_PER_HOUR
from capgen.twins.compare.cells import Bools, Cells, Floats
from capgen.twins.compare.exact import whole_numbers
from capgen.twins.compare.features import features
from capgen.twins.compare.window import Window

_DAYS_OF_LONG_STEPS = 28  # are a week where a step is longer than an hour
_MOST_MISSING = 0.1
_LEAST_SPREAD = 0.05
SHAPE_SCALE = 256  # parts of a standard deviation
_HIGHEST = 8.0  # standard deviations


@dataclass(frozen=True)
class Weeks:
    """Weeks, one row each.

    Args:
        servers: position of each week's server among all of the panel.
        features: what a classifier is told, shape (weeks, features).
        shapes: logs of the values by metric and hour in standard deviations from the week's mean,
            as whole numbers, shape (weeks, metrics × hours).
    """

    servers: NDArray[np.int64]
    features: Floats
    shapes: NDArray[np.int16]

    def of_servers(self, chosen: Bools) -> Weeks:
        """Return the weeks of some servers.

        Args:
            chosen: for each server.
        """
        numbers = np.cumsum(chosen) - 1
        rows = chosen[self.servers]
        return replace(
            self,
            servers=numbers[self.servers[rows]],
            features=self.features[rows],
            shapes=self.shapes[rows],
        )


def days_of_week(window: Window) -> int:
    """Return how many days count as a week: 28 where a step is longer than an hour.

    Args:
        window: of a panel.
    """
    return DAYS_PER_WEEK if window.step_minutes <= MINUTES_PER_HOUR else _DAYS_OF_LONG_STEPS


def weeks_of(cells: Cells, positions: Sequence[int]) -> Weeks | None:
    """Return the whole weeks of some servers, from Monday on, without those with many gaps.

    A metric that a server never has is no gap of its weeks.

    Args:
        cells: the servers.
        positions: of the servers among all of the panel.

    Returns:
        The weeks; None where there is none.
    """
    window = cells.window
    monday = -window.start.weekday() % DAYS_PER_WEEK
    count = (window.days - monday) // days_of_week(window)
    if count < 1 or not positions:
        return None
    cells = cells.part(monday, window.days - monday)
    values = _hourly(cells)
    steps_per_day = values.shape[2] // cells.window.days
    steps = steps_per_day * days_of_week(window)
    levels = np.maximum(np.abs(_means(values)), 1e-9)
    filled = np.stack([_filled(metric) for metric in values])
    rows: list[Floats] = []
    shapes: list[NDArray[np.int16]] = []
    servers: list[NDArray[np.int64]] = []
    for week in range(count):
        part = slice(week * steps, (week + 1) * steps)
        is_whole = _share_missing(values, part) <= _MOST_MISSING
        if not is_whole.any():
            continue
        chosen = np.ascontiguousarray(filled[:, is_whole, part].transpose(1, 0, 2))
        rows.append(features(chosen, steps_per_day))
        shapes.append(_shapes(chosen / levels[:, is_whole].T[:, :, None]))
        servers.append(np.asarray(positions)[is_whole])
    if not rows:
        return None
    return Weeks(np.concatenate(servers), np.concatenate(rows), np.concatenate(shapes))


def joined(parts: Sequence[Weeks]) -> Weeks:
    """Return weeks of several parts of a panel as one.

    Args:
        parts: at least one.
    """
    return Weeks(
        np.concatenate([part.servers for part in parts]),
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.shapes for part in parts]),
    )


def _hourly(cells: Cells) -> Floats:
    """Return the values of hours, the mean of finer steps; shape (metrics, servers, steps)."""
    values = np.stack([series.values for series in cells.series.values()])
    per_hour = max(MINUTES_PER_HOUR // cells.window.step_minutes, 1)
    if per_hour == 1:
        return values
    parts = values.reshape(*values.shape[:2], -1, per_hour)
    count = np.isfinite(parts).sum(axis=3).astype(float)
    count[count == 0] = np.nan
    hours: Floats = np.nan_to_num(parts).sum(axis=3) / count
    return hours


def _share_missing(values: Floats, part: slice) -> Floats:
    """Return by server which share of some steps is missing, of the metrics that it has."""
    has = np.isfinite(values).any(axis=2)
    missing = np.isnan(values[:, :, part]).sum(axis=2)
    steps = has.sum(axis=0) * (part.stop - part.start)
    share: Floats = (missing * has).sum(axis=0) / np.where(steps > 0, steps, np.nan)
    return share


def _means(values: Floats) -> Floats:
    count = np.maximum(np.isfinite(values).sum(axis=2), 1)
    means: Floats = np.nan_to_num(values).sum(axis=2) / count
    return means


def _filled(values: Floats) -> Floats:
    """Return values with gaps filled in a straight line."""
    return np.stack(list(_filled_rows(values)))


def _filled_rows(values: Floats) -> Iterator[Floats]:
    place = np.arange(values.shape[1])
    for row in values:
        is_there = np.isfinite(row)
        if is_there.all():
            yield row
        elif is_there.any():
            yield np.interp(place, place[is_there], row[is_there])
        else:
            yield np.zeros_like(row)


def _shapes(values: Floats) -> NDArray[np.int16]:
    logs = np.log1p(np.maximum(values, 0))
    centred = logs - logs.mean(axis=2, keepdims=True)
    spread = np.maximum(logs.std(axis=2, keepdims=True), _LEAST_SPREAD)
    whole = whole_numbers(centred / spread, SHAPE_SCALE, _HIGHEST)
    return whole.reshape(len(whole), -1)
