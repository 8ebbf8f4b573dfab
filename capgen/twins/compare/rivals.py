"""What copies of the reference would get: blocks of its days drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from capgen.draws.streams import stream
from capgen.twins.compare.cells import Cells
from capgen.twins.compare.panel import Panel
from capgen.twins.compare.window import DAYS_PER_WEEK, Integers, Window

_SEED = 0
_Days = NDArray[np.int64]  # for each day to fill, the number of the day that fills it


@dataclass(frozen=True)
class Rival:
    """A panel that copies another one.

    Args:
        name: of the way of copying.
        source: the panel that it copies.
        parts: for each part of the window, the days to copy and the days to fill.
        window: the days to fill, all of them.
    """

    name: str
    source: Panel
    parts: Sequence[tuple[Window, Window]]
    window: Window

    @property
    def servers(self) -> Sequence[str]:
        """The ids of the servers, in order."""
        return self.source.servers

    def blocks(self) -> Iterator[Cells]:
        """Yield the cells of a few servers at a time."""
        for cells in self.source.blocks():
            yield self._copied(cells)

    def _copied(self, cells: Cells) -> Cells:
        days = np.stack([self._days(server, cells.window) for server in cells.servers])
        steps = self.window.steps_per_day
        values = {}
        for metric, series in cells.series.items():
            by_day = series.values.reshape(len(days), -1, steps)
            chosen = np.take_along_axis(by_day, days[:, :, None], axis=1)
            values[metric] = chosen.reshape(len(days), -1)
        return Cells.of(cells.servers, values, self.window)

    def _days(self, server: str, window: Window) -> _Days:
        generator = stream(_SEED, server, "", f"compare {self.name}")
        chosen = []
        for source, target in self.parts:
            first = (source.start - window.start).days
            chosen.append(first + RIVALS[self.name](source, target, generator))
        return np.concatenate(chosen)


def _by_days(source: Window, target: Window, generator: Generator) -> _Days:
    """Return for each day one of the same kind: a weekday or a day of the weekend."""
    kinds = _weekdays(source) >= DAYS_PER_WEEK - 2
    chosen = []
    for weekday in _weekdays(target):
        fitting = np.flatnonzero(kinds == (weekday >= DAYS_PER_WEEK - 2))
        days = fitting if len(fitting) else np.arange(source.days)
        chosen.append(int(days[generator.integers(len(days))]))
    return np.array(chosen)


def _by_weeks(source: Window, target: Window, generator: Generator) -> _Days:
    """Return runs of seven days that begin on the weekday that is next."""
    weekdays = _weekdays(source)
    starts = np.arange(max(source.days - DAYS_PER_WEEK + 1, 1))
    chosen: list[int] = []
    while len(chosen) < target.days:
        wanted = (target.start.weekday() + len(chosen)) % DAYS_PER_WEEK
        fitting = starts[weekdays[starts] == wanted]
        days = fitting if len(fitting) else starts
        first = int(days[generator.integers(len(days))])
        chosen += range(first, min(first + DAYS_PER_WEEK, source.days))
    return np.array(chosen[: target.days])


def _weekdays(window: Window) -> Integers:
    return window.weekdays[:: window.steps_per_day]


RIVALS: Mapping[str, Callable[[Window, Window, Generator], _Days]] = {
    "day blocks": _by_days,
    "week blocks": _by_weeks,
}
