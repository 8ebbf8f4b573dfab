"""What is kept of one side of a comparison: little, whatever the size of the panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.cells import Bools, Floats
from capgen.twins.compare.fact import Fact
from capgen.twins.compare.weeks import Weeks
from capgen.twins.compare.window import Window

SCALE = 1024  # parts of a standard deviation
HIGHEST = 30.0  # standard deviations


@dataclass(frozen=True)
class Paths:
    """The values of chosen servers over time.

    Args:
        servers: positions of the chosen servers among all of the panel, in order.
        scores: by metric, standard deviations from the server's mean as whole numbers, `SCALE` to
            one; 0 where there is no value. Shape (servers, steps).
    """

    servers: Sequence[int]
    scores: Mapping[str, NDArray[np.int16]]

    def of_servers(self, chosen: Bools) -> Paths:
        """Return the paths of some servers.

        Args:
            chosen: for each server of the panel.
        """
        numbers = np.cumsum(chosen) - 1
        rows = [row for row, server in enumerate(self.servers) if chosen[server]]
        return Paths(
            [int(numbers[self.servers[row]]) for row in rows],
            {metric: scores[rows] for metric, scores in self.scores.items()},
        )


@dataclass(frozen=True)
class Evidence:
    """What the measures compare of one side.

    Args:
        window: the steps.
        servers: ids of all servers, in order.
        facts: one number a server, by fact.
        missing: at each step, how many of the servers have no value at all.
        paths: values over time of chosen servers.
        weeks: the weeks of chosen servers; none where the window is too short.
        runs: by metric, a number for each run of values of chosen servers, 0 for one that is no
            pattern. Shape (servers, steps).
    """

    window: Window
    servers: Sequence[str]
    facts: Mapping[Fact, Floats]
    missing: NDArray[np.int64]
    paths: Paths
    weeks: Weeks | None
    runs: Mapping[str, NDArray[np.uint64]]

    def of_servers(self, chosen: Bools) -> Evidence:
        """Return the evidence of some servers alone; gaps of the fleet stay those of all.

        Args:
            chosen: for each server.
        """
        return replace(
            self,
            servers=[server for server, is_in in zip(self.servers, chosen, strict=True) if is_in],
            facts={fact: values[chosen] for fact, values in self.facts.items()},
            paths=self.paths.of_servers(chosen),
            weeks=self.weeks and self.weeks.of_servers(chosen),
        )
