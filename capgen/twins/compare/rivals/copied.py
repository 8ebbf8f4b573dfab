"""A panel made of days of another one, in the way of a rival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from capgen.draws.streams import stream
from capgen.twins.compare.candidate import Cut, Part
from capgen.twins.compare.cells import Cells
from capgen.twins.compare.panel import Panel
from capgen.twins.compare.rivals.rival import Days, Rival
from capgen.twins.compare.window import Window

_SEED = 0


@dataclass(frozen=True)
class Copied:
    """A panel that copies another one.

    Args:
        rival: the way of copying.
        source: the panel that it copies.
        spans: for each part of the window, the days to copy and the days to fill.
        window: the days to fill, all of them.
    """

    is_rival: ClassVar[bool] = True

    rival: Rival
    source: Panel
    spans: Sequence[tuple[Window, Window]]
    window: Window

    @property
    def name(self) -> str:
        """The rival's name."""
        return self.rival.name

    @property
    def servers(self) -> Sequence[str]:
        """The ids of the servers, in order."""
        return self.source.servers

    def parts(self, cut: Cut) -> Iterator[Part]:
        """Yield all of it.

        Args:
            cut: returns the sides of a window.
        """
        yield self._blocks(), cut(self.window)

    def _blocks(self) -> Iterator[Cells]:
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

    def _days(self, server: str, window: Window) -> Days:
        generator = stream(_SEED, server, "", f"compare {self.name}")
        chosen = []
        for source, target in self.spans:
            first = (source.start - window.start).days
            chosen.append(first + self.rival.days(source, target, generator))
        return np.concatenate(chosen)
