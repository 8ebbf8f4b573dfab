"""How often spikes and outliers come, and what else servers have of their own: noise, and chances of spikes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.layers.scope import Kind, Scope, parameter_column
from capgen.layers.server_spread import SERVER_SPREAD
from capgen.layers.spikes import SPIKE_PROBABILITY
from capgen.panel.layered import layered_archetype
from capgen.quality.closed_form.outliers import OUTLIER_RATE
from capgen.quality.closed_form.spikes import SPIKE_RATE
from capgen.quality.findings import Finding, not_testable
from capgen.quality.twin.contrast import Contrast
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
    """Yield the rates of spikes and of outliers, and the spreads of noise and of the chance of spikes.

    Args:
        movement: of servers of one archetype.
    """
    config = movement.config
    twins = movement.twins
    kind = layered_archetype(config, twins.archetype).kind
    scope = Scope.of(kind, twins.servers, {}, kind.axis.span)
    for number, key in enumerate(twins.keys):
        source = config.metrics[source_of(config.metrics, key)]
        metric = _Metric(movement, number, f"{twins.archetype} {config.metrics[key].column}")
        if source.spike_share is not None and kind.usual(SPIKE_PROBABILITY):
            yield from metric.spikes(spike_chances(kind, twins.servers))
        if f"sd.{key}" in kind.own:
            own = scope.lasting[parameter_column(f"sd.{key}")]
            yield metric.noise_spread(own / kind.usual(f"sd.{key}"), f"sd.{key}")
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
            yield not_testable(
                SPIKE_RATE.name, "spikes lift too few values far above the rest", self.subject
            )
            return
        growth = self.movement.periods.growth
        sums = self.movement.periods.sums
        hits = far.each(sums)
        implied = seen * sums(self._known)
        yield Contrast(
            SPIKE_RATE.name, self.subject, hits, len(chances), chances * implied, growth=growth
        )
        if np.ptp(chances) > 0:
            apart = chances - chances.mean()
            weights = apart * capped(np.abs(apart))
            subject = f"{self.subject}, {SPIKE_PROBABILITY}"
            more = hits.each(lambda each: weights * each)
            yield Contrast(
                SERVER_SPREAD.name,
                subject,
                more,
                len(chances),
                weights * apart * implied,
                growth=growth,
            )

    def outliers(self, chance: float) -> Contrast | Finding:
        far = self.movement.scaled.each(lambda scaled: np.abs(scaled[self.number]) > _FAR)
        seen = self._seen(far.twin, "is_outlier")
        if seen < _LEAST_SEEN:
            return not_testable(
                OUTLIER_RATE.name, "outliers lie too near to the rest", self.subject
            )
        growth = self.movement.periods.growth
        sums = self.movement.periods.sums
        implied = seen * chance * sums(self._known)
        return Contrast(
            OUTLIER_RATE.name, self.subject, far.each(sums), len(implied), implied, growth=growth
        )

    def noise_spread(self, own: Floats, path: str) -> Contrast:
        """Return the slope of the log sd on the log of the servers' own, which is 1 where each has its own."""
        apart = np.log(np.maximum(own, 1e-6))
        apart -= apart.mean()
        weights = apart * capped(np.abs(apart))
        periods = self.movement.periods

        def weighed(values: Floats) -> Floats:
            return weights * log_sd(
                periods.split(values[self.number]), self.movement.config.decimals
            )

        both = self.movement.twins.values.each(weighed)
        implied = np.broadcast_to(weights * apart, both.data.shape)
        return Contrast(
            SERVER_SPREAD.name,
            f"{self.subject}, {path}",
            both,
            len(own),
            implied,
            growth=periods.growth,
        )

    @property
    def _known(self) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = ~np.isnan(self.movement.residuals.data[self.number])
        return known

    def _seen(self, far: NDArray[np.bool_], flag: str) -> float:
        """Return how many more of the twin's flagged values lie far off than of the others."""
        flags = self.movement.twins.truth[flag]
        known = self._known
        flagged = known & (flags == 1)
        others = known & (flags != 1)
        return (
            float(far[flagged].mean() - far[others].mean())
            if flagged.any() and others.any()
            else 0.0
        )


def _outlier_chance(config: Config) -> float:
    """Return the chance that a cell has an outlier in any of its metrics."""
    layers = (config.layers.outliers or {}).values()
    return 1 - math.prod(1 - layer.probability - layer.dip_probability for layer in layers)
