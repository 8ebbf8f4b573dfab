"""What spikes and correlations are judged from: values beside what is expected of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.quality.evidence.cells import Cells
from capgen.quality.evidence.exceedance import SPIKE_SD, exceedance
from capgen.quality.evidence.moments import Moments
from capgen.quality.expected.model import ArchetypeModel
from capgen.settings.metric import source_of


class Residuals:
    """Correlations of an archetype's values and of their residuals, and its exceedances.

    Residuals count where neither metric of the pair is clipped, and no spike is seen. Spikes are
    not marked in the data: a cell in which any metric lies more than its cut above its mean passes
    for one. What that misses, and what it drops too much, the expectation knows.

    Args:
        model: what is expected of the archetype.
        cuts: how many sd above its mean each metric shows a spike.

    Attributes:
        residuals: moments of the values' distances from their means.
        plain: moments of the values.
        exceeded: sum of the effects of those values that exceed the threshold of spikes, by metric.
    """

    def __init__(self, model: ArchetypeModel, cuts: Sequence[float]) -> None:
        metrics = model.metrics
        above = [exceedance(metric) for metric in metrics]
        self._is_usable = np.append(model.usable, False)
        self._means = model.laid_out([metric.means for metric in metrics])
        self._thresholds = model.laid_out([each.threshold for each in above])
        self._effects = model.laid_out([each.effect for each in above])
        self._centres = np.nanmean(self._means, axis=1, keepdims=True)
        self._low, self._high = np.array([metric.limits[:2] for metric in metrics]).T[
            ..., np.newaxis
        ]
        sd = np.array([[metric.parts[0].sd] for metric in metrics])
        self._has_spread = sd > 0  # without, a metric has no residuals, and shows no spike
        self._farthest = np.full(sd.shape, math.inf)
        np.multiply(np.reshape(cuts, sd.shape), sd, out=self._farthest, where=self._has_spread)
        self.residuals = Moments(len(metrics))
        self.plain = Moments(len(metrics))
        self.exceeded: Floats = np.zeros(len(metrics))

    def add(self, cells: Cells) -> None:
        """Add cells.

        Args:
            cells: all of the archetype.
        """
        cells = cells.of(self._is_usable[cells.places])
        values = cells.values
        distances = values - np.take(self._means, cells.places, axis=1)
        is_calm = (distances <= self._farthest).all(axis=0)
        is_free = (values > self._low) & (values < self._high) & self._has_spread
        self.residuals.add(distances, is_free & is_calm)
        self.plain.add(values - self._centres, cells.inside)
        exceeds = (values > np.take(self._thresholds, cells.places, axis=1)) & cells.inside
        for metric, effects in enumerate(self._effects):
            self.exceeded[metric] += effects[cells.places[exceeds[metric]]].sum()


def cuts_of(config: Config, keys: Sequence[str]) -> list[float]:
    """Return how many sd above its mean each metric shows a spike; infinity for one that has none.

    Args:
        config: the panel's configuration.
        keys: the metrics' keys.
    """
    sources = (config.metrics[source_of(config.metrics, key)] for key in keys)
    return [math.inf if source.spike_share is None else SPIKE_SD for source in sources]
