"""How often values exceed a threshold, as configured: with all that lifts them, or without some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from capgen.draws.arrays import Floats
from capgen.quality.expected.clipped import Part
from capgen.quality.expected.model import MetricModel
from capgen.quality.expected.normal import upper_tail
from capgen.quality.statistics import Deviation

SPIKE_SD = 2.5  # a value so far above its mean passes for a spike


@dataclass(frozen=True, slots=True)
class Exceedance:
    """How often values of one metric exceed a threshold, hour by hour.

    Args:
        threshold: half a rounding step off what values can be.
        chance: the chance of exceeding it, as configured.
        effect: what spikes add to that chance.
    """

    threshold: Floats
    chance: Floats
    effect: Floats

    def deviation(self, counts: Floats, exceeded: float) -> Deviation:
        """Return the weighted number of values above the threshold, less its expectation.

        Args:
            counts: number of values, shape (hours,).
            exceeded: sum of the effects of those values that exceed the threshold.
        """
        spread = self.chance * (1 - self.chance)
        return Deviation(
            total=exceeded - float((counts * self.effect * self.chance).sum()),
            variance=float((counts * self.effect**2 * spread).sum()),
            third=float((counts * self.effect**3 * spread * (1 - 2 * self.chance)).sum()),
            fourth=float((counts * self.effect**4 * spread * (1 - 6 * spread)).sum()),
            slack=0.0,
        )


def exceedance(model: MetricModel) -> Exceedance:
    """Return how often values exceed the threshold that tells spikes.

    Args:
        model: the metric's model.
    """
    sd = model.parts[0].some_sd
    wanted = np.minimum(model.means + SPIKE_SD * sd, model.limits.high - model.limits.unit)
    threshold = (np.floor(wanted / model.limits.unit) + 0.5) * model.limits.unit
    calm = chance_above(model, threshold, model.calm_parts)
    chance = chance_above(model, threshold, model.parts)
    return Exceedance(threshold, chance, chance - calm)


def chance_above(model: MetricModel, threshold: Floats, parts: Sequence[Part]) -> Floats:
    """Return the chance of a value above a threshold.

    Args:
        model: the metric's model.
        threshold: the threshold for each of its means.
        parts: the normals that a value may come from.
    """
    chance = np.zeros_like(threshold)
    for part in parts:
        beyond = upper_tail((threshold - part.scale * model.means) / part.some_sd)
        chance += part.chance * np.where(threshold < model.limits.low, 1.0, beyond)
    return chance
