"""How often spikes and outliers come, and what else servers have of their own: noise, and chances of spikes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.model import Archetype
from capgen.draws.arrays import Floats
from capgen.panel.layers.server_spread import SPIKE_PROBABILITY, of_server, parameter, spread_column
from capgen.quality.closed_form.outliers import OUTLIER_RATE
from capgen.quality.closed_form.spikes import SPIKE_RATE
from capgen.quality.expected.effects import SERVER_SPREAD
from capgen.quality.findings import Finding, not_testable
from capgen.quality.twin.contrast import Contrast
from capgen.quality.twin.movement import Movement, log_sd
from capgen.quality.twin.slopes import capped

_FAR = 2.5  # standard deviations: what lies further off passes for a spike
_LEAST_SEEN = 0.02  # more spikes than other values must lie so far off


def spike_chances(archetype: Archetype, servers: pl.DataFrame) -> Floats:
    """Return the chance of a spike of each server, shape (servers, 1).

    Args:
        archetype: theirs.
        servers: their server frame.
    """
    own = {name: servers[name].to_numpy()[:, None] for name in servers.columns if name[:4] == "own."}
    return np.broadcast_to(of_server(archetype, SPIKE_PROBABILITY, own), (servers.height, 1))


def rate_contrasts(movement: Movement) -> Iterator[Contrast | Finding]:
    """Yield the rates of spikes and of outliers, and the spreads of noise and of the chance of spikes.

    Args:
        movement: of servers of one archetype.
    """
    config, twins = movement.config, movement.twins
    kind = config.archetypes[twins.archetype]
    for number, key in enumerate(twins.keys):
        derived = config.metrics[key].derived
        source = config.metrics[derived.source if derived else key]
        metric = _Metric(movement, number, f"{twins.archetype} {config.metrics[key].column}")
        if source.spike_share is not None and kind.spike.probability:
            yield from metric.spikes(spike_chances(kind, twins.servers))
        if f"sd.{key}" in kind.spread:
            own = twins.servers[spread_column(f"sd.{key}")].to_numpy()[:, None]
            yield metric.noise_spread(own / parameter(kind, f"sd.{key}"), f"sd.{key}")
        if key in (config.layers.outliers or {}):
            yield metric.outliers(_outlier_chance(config))


@dataclass(frozen=True, slots=True)
class _Metric:
    """One metric of some servers."""

    movement: Movement
    number: int
    subject: str

    def spikes(self, chances: Floats) -> Iterator[Contrast | Finding]:
        far = self.movement.scaled.each(lambda scaled: scaled[self.number] > _FAR)
        seen = self._seen(far.twin, "is_spike")
        if seen < _LEAST_SEEN:
            yield not_testable(SPIKE_RATE.name, "spikes lift too few values far above the rest", self.subject)
            return
        growth, sums = self.movement.periods.growth, self.movement.periods.sums
        hits, implied = far.each(sums), seen * sums(self._known)
        yield Contrast(SPIKE_RATE.name, self.subject, hits, len(chances), chances * implied, growth=growth)
        if np.ptp(chances) > 0:
            apart = chances - chances.mean()
            weights = apart * capped(np.abs(apart))
            subject, more = f"{self.subject}, {SPIKE_PROBABILITY}", hits.each(lambda each: weights * each)
            yield Contrast(SERVER_SPREAD.name, subject, more, len(chances), weights * apart * implied, growth=growth)

    def outliers(self, chance: float) -> Contrast | Finding:
        far = self.movement.scaled.each(lambda scaled: np.abs(scaled[self.number]) > _FAR)
        seen = self._seen(far.twin, "is_outlier")
        if seen < _LEAST_SEEN:
            return not_testable(OUTLIER_RATE.name, "outliers lie too near to the rest", self.subject)
        growth, sums = self.movement.periods.growth, self.movement.periods.sums
        implied = seen * chance * sums(self._known)
        return Contrast(OUTLIER_RATE.name, self.subject, far.each(sums), len(implied), implied, growth=growth)

    def noise_spread(self, own: Floats, path: str) -> Contrast:
        """Return the slope of the log sd on the log of the servers' own, which is 1 where each has its own."""
        apart = np.log(np.maximum(own, 1e-6))
        apart -= apart.mean()
        weights, periods = apart * capped(np.abs(apart)), self.movement.periods

        def weighed(values: Floats) -> Floats:
            return weights * log_sd(periods.split(values[self.number]), self.movement.config.decimals)

        both = self.movement.twins.values.each(weighed)
        implied = np.broadcast_to(weights * apart, both.data.shape)
        return Contrast(SERVER_SPREAD.name, f"{self.subject}, {path}", both, len(own), implied, growth=periods.growth)

    @property
    def _known(self) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = ~np.isnan(self.movement.residuals.data[self.number])
        return known

    def _seen(self, far: NDArray[np.bool_], flag: str) -> float:
        """Return how many more of the twin's flagged values lie far off than of the others."""
        flags, known = self.movement.twins.truth[flag], self._known
        flagged, others = known & (flags == 1), known & (flags != 1)
        return float(far[flagged].mean() - far[others].mean()) if flagged.any() and others.any() else 0.0


def _outlier_chance(config: Config) -> float:
    """Return the chance that a cell has an outlier in any of its metrics."""
    layers = (config.layers.outliers or {}).values()
    return 1 - math.prod(1 - layer.probability - layer.dip_probability for layer in layers)
