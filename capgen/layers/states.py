"""The states of some cells, and what each state has of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from capgen.draws.arrays import Floats, Places
from capgen.layers.curves import Curves, PointCurves
from capgen.settings.quantiles import Quantiles

_NOTHING = np.ones((1, 1))


@dataclass(frozen=True, slots=True)
class States:
    """The states of some cells.

    Args:
        codes: positions of the states, shape (servers, steps).
        levels: by metric, what each state multiplies its mean by, shape (servers or 1, states).
        spreads: by metric, what each state multiplies its sd by, of the same shape.
        quantiles: by metric, the quantiles of states that have their own, by position.
        curves: by metric, what its mean is multiplied by in each state, in place of its shape.
    """

    codes: Places
    levels: Mapping[str, Floats]
    spreads: Mapping[str, Floats]
    quantiles: Mapping[str, Mapping[int, Quantiles]]
    curves: Mapping[str, Curves | PointCurves] = field(default_factory=dict)

    def part(self, servers: slice) -> States:
        """Return the states of some of the servers.

        Args:
            servers: which servers.
        """
        return States(
            self.codes[servers],
            {key: _part(table, servers) for key, table in self.levels.items()},
            {key: _part(table, servers) for key, table in self.spreads.items()},
            self.quantiles,
            {key: curves.part(servers) for key, curves in self.curves.items()},
        )

    def raise_mean(self, key: str, mean: Floats) -> Floats:
        """Return a metric's mean at the level of each cell's state.

        Args:
            key: the metric's key.
            mean: shape (steps,), or (servers, steps): overwritten, as new memory costs more time.
        """
        if key not in self.levels:
            return mean
        levels = in_cells(self.levels[key], self.codes)
        raised: Floats = np.multiply(mean, levels, out=mean if mean.ndim > 1 else None)
        return raised


def spreads_of(states: States | None, key: str) -> Floats:
    """Return what states multiply a metric's sd by, shape (servers or 1, states or 1).

    Args:
        states: None where there are none.
        key: the metric's key.
    """
    return states.spreads.get(key, _NOTHING) if states else _NOTHING


def in_cells(table: Floats, codes: Places | None) -> Floats:
    """Return for each cell what its server has in its state.

    Args:
        table: shape (servers or 1, states or 1).
        codes: positions of the states; None where there are none.

    Returns:
        Shape (servers, steps), or (servers or 1, 1) where the table has one state.
    """
    if codes is None or table.shape[1] == 1:
        return table[:, :1]
    servers, states = table.shape
    places = codes if servers == 1 else codes + states * np.arange(servers)[:, None]
    of_cells: Floats = np.take(table, places)
    return of_cells


def _part(table: Floats, servers: slice) -> Floats:
    """Return a table of some servers; one for all of them stays."""
    return table if len(table) == 1 else table[servers]
