"""Keeps of a panel, read a few servers at a time, what is compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.cells import Cells, Floats
from capgen.twins.compare.evidence import HIGHEST, SCALE, Evidence, Paths
from capgen.twins.compare.exact import whole_numbers
from capgen.twins.compare.fact import Fact
from capgen.twins.compare.hashing import chosen
from capgen.twins.compare.measure import ServerMeasure
from capgen.twins.compare.run_numbers import run_numbers
from capgen.twins.compare.weeks import Weeks, days_of_week, joined, weeks_of
from capgen.twins.compare.window import Window

# Facts are of all servers. What needs the values themselves looks at as many whole servers as have
# this many values and weeks on a side.
_MOST_SCORES = 2**23
_MOST_VALUES = 2**21
_MOST_WEEKS = 2_500


@dataclass(frozen=True)
class Chosen:
    """The servers whose values are looked at themselves.

    Args:
        paths: for how they move together.
        weeks: for their weeks, and for what they repeat.
    """

    paths: frozenset[str]
    weeks: frozenset[str]

    @classmethod
    def of(cls, servers: Sequence[str], metrics: int, window: Window) -> Chosen:
        """Choose servers by the hash of their ids.

        Args:
            servers: ids of all.
            metrics: how many there are.
            window: of one side.
        """
        numbers = max(metrics * window.steps, 1)
        weeks = max(window.days // days_of_week(window), 1)
        few = min(_MOST_VALUES // numbers, _MOST_WEEKS // weeks)
        return cls(
            frozenset(chosen(servers, max(_MOST_SCORES // numbers, 2))),
            frozenset(chosen(servers, max(few, 2))),
        )


@dataclass
class _Side:
    """What is known so far of one side."""

    window: Window
    servers: list[str] = field(default_factory=list)
    facts: dict[Fact, list[Floats]] = field(default_factory=dict)
    missing: NDArray[np.int64] | None = None
    path_servers: list[int] = field(default_factory=list)
    scores: dict[str, list[NDArray[np.int16]]] = field(default_factory=dict)
    weeks: list[Weeks] = field(default_factory=list)
    runs: dict[str, list[NDArray[np.uint64]]] = field(default_factory=dict)

    def add(self, cells: Cells, measures: Sequence[ServerMeasure], picked: Chosen) -> None:
        for measure in measures:
            for subject, numbers in measure.find(cells).items():
                self.facts.setdefault(Fact(measure.name, subject), []).append(numbers)
        self._add_missing(cells)
        self._add_paths(cells, [each for each in cells.servers if each in picked.paths])
        self._add_weeks(cells, [each for each in cells.servers if each in picked.weeks])
        self.servers += cells.servers

    def _add_missing(self, cells: Cells) -> None:
        is_there = [series.present for series in cells.series.values()]
        missing = (~np.any(is_there, axis=0)).sum(axis=0)
        self.missing = missing if self.missing is None else self.missing + missing

    def _positions(self, cells: Cells, servers: Sequence[str]) -> list[int]:
        return [len(self.servers) + cells.servers.index(server) for server in servers]

    def _add_paths(self, cells: Cells, servers: Sequence[str]) -> None:
        if not servers:
            return
        self.path_servers += self._positions(cells, servers)
        rows = [cells.servers.index(server) for server in servers]
        for metric, series in cells.series.items():
            whole = whole_numbers(series.scores[rows], SCALE, HIGHEST)
            self.scores.setdefault(metric, []).append(whole)

    def _add_weeks(self, cells: Cells, servers: Sequence[str]) -> None:
        if not servers:
            return
        few = cells.chosen(servers)
        weeks = weeks_of(few, self._positions(cells, servers))
        if weeks is not None:
            self.weeks.append(weeks)
        for metric, series in few.series.items():
            self.runs.setdefault(metric, []).append(run_numbers(series))

    def evidence(self) -> Evidence:
        none = np.zeros(self.window.steps, np.int64)
        return Evidence(
            window=self.window,
            servers=self.servers,
            facts={fact: np.concatenate(parts) for fact, parts in self.facts.items()},
            missing=none if self.missing is None else self.missing,
            paths=Paths(
                self.path_servers,
                {metric: np.concatenate(parts) for metric, parts in self.scores.items()},
            ),
            weeks=joined(self.weeks) if self.weeks else None,
            runs={metric: np.concatenate(parts) for metric, parts in self.runs.items()},
        )


def gather(
    blocks: Iterable[Cells],
    windows: Sequence[Window],
    measures: Sequence[ServerMeasure],
    picked: Chosen,
) -> list[Evidence]:
    """Read a panel once, and return what is compared of some of its days.

    Args:
        blocks: a few servers each, in order of their ids.
        windows: days within the blocks' own, one side each.
        measures: of servers, which the windows can bear.
        picked: the servers whose values are looked at themselves.

    Returns:
        The evidence of each window.
    """
    sides = [_Side(window) for window in windows]
    for cells in blocks:
        for side in sides:
            day = (side.window.start - cells.window.start).days
            side.add(cells.part(day, side.window.days), measures, picked)
    return [side.evidence() for side in sides]
