"""How often spikes and outliers come, and how servers' own noise and chances of spikes differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.draws.arrays import Flags, Floats
from capgen.layers.answers import Effect
from capgen.layers.scope import Kind, Scope, parameter_column
from capgen.layers.server_spread import SERVER_SPREAD
from capgen.layers.spikes import SPIKE_PROBABILITY, SpikeLayer
from capgen.panel.layered import layered_archetype
from capgen.quality.closed_form.outliers import OUTLIER_RATE
from capgen.quality.closed_form.spikes import SPIKE_RATE
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Rule
from capgen.quality.twin.contrast import Both, Contrast
from capgen.quality.twin.movement import Movement, log_sd
from capgen.quality.twin.slopes import capped
from capgen.settings.metric import source_of

_FAR = 2.5  # standard deviations: what lies further off passes for a spike
_LEAST_SEEN = 0.02  # more spikes than other values must lie so far off


def spike_chances(kind: Kind, servers: pl.DataFrame) -> Floats:
    """Return the chance of a spike of each server, shape (servers, 1).

    Args:
        kind: their archetype.
        servers: their server frame.
    """
    scope = Scope.of(kind, servers, {}, kind.axis.span)
    return np.broadcast_to(scope.parameter(SPIKE_PROBABILITY), (servers.height, 1))


def rate_contrasts(movement: Movement) -> Iterator[Contrast | Finding]:
    """Yield the rates of spikes and outliers, and the spreads of noise and of spikes' chances.

    Args:
        movement: movement of servers of one archetype.
    """
    config = movement.config
    twins = movement.twins
    layered = layered_archetype(config, twins.archetype)
    kind = layered.kind
    has_spikes = kind.usual(SPIKE_PROBABILITY) and layered.acts(SpikeLayer.name)
    scope = Scope.of(kind, twins.servers, {}, kind.axis.span)
    for number, key in enumerate(twins.keys):
        source = config.metrics[source_of(config.metrics, key)]
        metric = _Metric(movement, number, f"{twins.archetype} {config.metrics[key].column}")
        if source.spike_share is not None and has_spikes:
            yield from metric.spikes(spike_chances(kind, twins.servers))
        if f"sd.{key}" in kind.own:
            own = scope.lasting[parameter_column(f"sd.{key}")]
            usual = kind.usual(f"sd.{key}") or 1.0  # what spreads about 0 stands for itself
            yield metric.noise_spread(own / usual, f"sd.{key}")
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
            why = "spikes lift too few values far above the rest"
            yield not_testable(SPIKE_RATE.name, why, self.subject)
            return
        sums = self.movement.periods.sums
        hits = far.each(sums)
        implied = seen * sums(self._known)
        yield self._contrast(SPIKE_RATE, self.subject, hits, chances * implied)
        if np.ptp(chances) > 0:
            apart = chances - chances.mean()
            weights = apart * capped(np.abs(apart))
            more = hits.each(lambda counts: weights * counts)
            subject = f"{self.subject}, {SPIKE_PROBABILITY}"
            yield self._contrast(SERVER_SPREAD, subject, more, weights * apart * implied)

    def outliers(self, chance: float) -> Contrast | Finding:
        far = self.movement.scaled.each(lambda scaled: np.abs(scaled[self.number]) > _FAR)
        seen = self._seen(far.twin, "is_outlier")
        if seen < _LEAST_SEEN:
            why = "outliers lie too near to the rest"
            return not_testable(OUTLIER_RATE.name, why, self.subject)
        sums = self.movement.periods.sums
        implied = seen * chance * sums(self._known)
        return self._contrast(OUTLIER_RATE, self.subject, far.each(sums), implied)

    def noise_spread(self, own: Floats, path: str) -> Contrast:
        """Return the slope of the log sd on the log of the servers' own sd: 1 if as configured."""
        apart = np.log(np.maximum(own, 1e-6))
        apart -= apart.mean()
        weights = apart * capped(np.abs(apart))
        decimals = self.movement.config.decimals

        def weighed(values: Floats) -> Floats:
            split = self.movement.periods.split(values[self.number])
            return weights * log_sd(split, decimals)

        both = self.movement.twins.values.each(weighed)
        implied = np.broadcast_to(weights * apart, both.data.shape)
        return self._contrast(SERVER_SPREAD, f"{self.subject}, {path}", both, implied)

    def _contrast(self, of: Rule | Effect, subject: str, both: Both, implied: Floats) -> Contrast:
        growth = self.movement.periods.growth
        return Contrast(of.name, subject, both, len(implied), implied, growth=growth)

    @property
    def _known(self) -> Flags:
        known: Flags = ~np.isnan(self.movement.residuals.data[self.number])
        return known

    def _seen(self, far: Flags, flag: str) -> float:
        """Return how many more of the twin's flagged values lie far off than of the others."""
        flags = self.movement.twins.truth[flag]
        known = self._known
        flagged = known & (flags == 1)
        others = known & (flags != 1)
        if not flagged.any() or not others.any():
            return 0.0
        return float(far[flagged].mean() - far[others].mean())


def _outlier_chance(config: Config) -> float:
    """Return the chance that a cell has an outlier in any of its metrics."""
    layers = (config.layers.outliers or {}).values()
    return 1 - math.prod(1 - layer.probability - layer.dip_probability for layer in layers)
