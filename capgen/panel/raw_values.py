"""From noise to raw values: the level and spread of servers and their states, and the shape of each metric."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.dynamics import Quantiles
from capgen.config.model import Archetype
from capgen.draws.arrays import Floats
from capgen.panel.layers.curves import curve
from capgen.panel.layers.server_spread import of_server

States = NDArray[np.int32]


class RawValues:
    """Turns noise into raw values, for some servers of one archetype.

    Args:
        config: a valid configuration.
        archetype: theirs.
        lasting: what they were given once, by column of the server frame, each of shape (servers, 1).
        states: of each server and step; None where the archetype has none.
    """

    def __init__(
        self, config: Config, archetype: Archetype, lasting: Mapping[str, Floats], states: States | None
    ) -> None:
        self._config, self._archetype, self._lasting, self._states = config, archetype, lasting, states

    def raise_mean(self, key: str, mean: Floats) -> Floats:
        """Return a metric's mean at the level of each cell's state.

        Args:
            key: of a drawn metric.
            mean: shape (steps,) or (servers, steps).
        """
        levels = self._of_states("level", key)
        return mean * self._in_cells(levels) if np.any(levels != 1) else mean

    def work_out(self, key: str, mean: Floats, noise: Floats) -> None:
        """Turn the noise of a drawn metric into its raw values, in place.

        normal: mean + sd × noise. The other shapes keep the ratio c of sd to base at every level: a lognormal is
        mean × exp(σ × noise − σ²/2) with σ² = ln(1 + c²), quantiles give mean × (1 + c × curve(noise)).

        Args:
            key: of the metric.
            mean: from `raise_mean`.
            noise: standard normal, shape (servers, steps).
        """
        sd = of_server(self._archetype, f"sd.{key}", self._lasting) * self._of_states("spread", key)
        if self._config.metrics[key].shape == "normal":
            noise *= self._in_cells(sd)
            noise += mean
        else:
            self._bend(key, sd / self._archetype.base[key], noise)
            noise *= mean

    def _bend(self, key: str, ratios: Floats, noise: Floats) -> None:
        """Turn noise into what the mean is multiplied by, in place."""
        states = self._archetype.regimes.states.values() if self._archetype.regimes else ()
        own = {number: state.quantiles[key] for number, state in enumerate(states) if key in state.quantiles}
        straight = noise.copy() if own else noise
        usual = self._config.metrics[key].quantiles
        if usual is None:
            variances = np.log1p(ratios**2)
            noise *= self._in_cells(np.sqrt(variances))
            noise -= self._in_cells(variances / 2)
            np.exp(noise, out=noise)
        else:
            _follow_curve(usual, self._in_cells(ratios), noise)
        for number, quantiles in own.items():
            here = self._states == number
            values = straight[here]
            _follow_curve(quantiles, np.broadcast_to(self._in_cells(ratios), noise.shape)[here], values)
            noise[here] = values

    def _of_states(self, what: str, key: str) -> Floats:
        """Return a factor of each state, shape (servers or 1, states)."""
        states = self._archetype.regimes.states if self._archetype.regimes else {}
        paths = {name: f"regimes.states.{name}.{what}.{key}" for name in states}
        factors = [
            of_server(self._archetype, paths[name], self._lasting) if key in getattr(state, what) else 1.0
            for name, state in states.items()
        ]
        return np.hstack(np.broadcast_arrays(*(np.reshape(each, (-1, 1)) for each in factors or [1.0])))

    def _in_cells(self, table: Floats) -> Floats | float:
        """Return for each cell what its server has in its state, from shape (servers or 1, states or 1)."""
        if np.all(table == table[:1, :1]):
            return float(table[0, 0])
        if self._states is None or np.all(table == table[:, :1]):
            return table[:, :1]
        if len(table) == 1:
            of_state: Floats = table[0][self._states]
            return of_state
        return np.take_along_axis(table, self._states, axis=1)


def _follow_curve(quantiles: Quantiles, ratios: Floats | float, noise: Floats) -> None:
    points = curve(quantiles)
    noise[:] = np.interp(noise, points.scores, points.values)
    noise *= ratios
    noise += 1
