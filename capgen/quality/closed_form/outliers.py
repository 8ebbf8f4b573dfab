"""Whether outliers come as often, and as far off, as configured.

As with spikes: with a threshold 4 sd above or below each mean, the chance of a value beyond it
follows from the configuration, with outliers and without, and the slope on the difference is 1
where they are as configured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from capgen.draws.arrays import Floats
from capgen.quality.closed_form.slopes import Slope, summed
from capgen.quality.evidence.cells import Cells
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.exceedance import Exceedance, chance_above
from capgen.quality.evidence.measured import ArchetypeHours, MetricHours
from capgen.quality.expected.clipped import Part
from capgen.quality.expected.model import ArchetypeModel, MetricModel
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.source import Source
from capgen.quality.statistics import Statistic

_OUTLIER_SD = 4.0  # fewer, and noise hides outliers; more, and few outliers lie beyond
_SIDES = {"high": 1, "low": -1}  # whether outliers lie above the threshold or below
OUTLIER_RATE = Rule(
    "outlier_rate",
    "Outliers are as frequent, and as far off, as configured.",
    "Values far from their mean are counted, and compared with how many the configuration implies.",
    "share of the configured outliers",
)


def outlier_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the rate of high and of low outliers, relative to the configured one, by metric.

    Args:
        evidence: the dataset's evidence.
    """
    source = evidence.source
    archetypes = evidence.archetypes
    keys = [key for key in source.keys if key in (evidence.config.layers.outliers or {})]
    if not keys or not archetypes:
        return
    weighed = _weigh(evidence, keys)
    for key in keys:
        for side in _SIDES:
            slopes = list(_slopes(archetypes, weighed, key, side))
            subject = f"{source.config.metrics[key].column}, {side} ones"
            if slopes:
                yield summed(slopes).statistic(OUTLIER_RATE.name, subject)
            elif _has(source, key, side):
                why = "they lie nowhere apart from the noise"
                yield not_testable(OUTLIER_RATE.name, why, subject)


def _has(source: Source, key: str, side: str) -> bool:
    layer = (source.config.layers.outliers or {})[key]
    return (layer.probability if side == "high" else layer.dip_probability) > 0


def _slopes(
    archetypes: Sequence[ArchetypeHours],
    weighed: Mapping[tuple[str, str, str], _Weighed],
    key: str,
    side: str,
) -> Iterator[Slope]:
    for archetype in archetypes:
        metric = _metric(archetype, key)
        found = weighed[archetype.model.name, key, side]
        information = float((metric.counts * found.beyond.effect**2).sum())
        if information > 0:
            yield Slope(found.beyond.deviation(metric.counts, found.exceeded), information)


def _metric(archetype: ArchetypeHours, key: str) -> MetricHours:
    return next(each for each in archetype.metrics if each.model.key == key)


class _Weighed:
    """The weight of an archetype's outliers: of one metric, and on one side.

    Args:
        model: what the configuration implies for the archetype.
        position: the metric's position in it.
        side: which outliers.

    Attributes:
        beyond: how often values lie beyond the threshold.
        exceeded: sum of the effects of those that do.
    """

    def __init__(self, model: ArchetypeModel, position: int, side: str) -> None:
        self.beyond = _beyond(model.metrics[position], side)
        self.exceeded = 0.0
        self._position = position
        self._sign = _SIDES[side]
        laid_out = model.laid_out([self.beyond.threshold, self.beyond.effect])
        self._threshold, self._effect = laid_out

    def add(self, cells: Cells) -> None:
        values = cells.values[self._position]
        distance = self._sign * (values - self._threshold[cells.places])
        is_beyond = (distance > 0) & cells.inside[self._position]
        self.exceeded += float(self._effect[cells.places[is_beyond]].sum())


def _weigh(evidence: Evidence, keys: Sequence[str]) -> dict[tuple[str, str, str], _Weighed]:
    """Return the weight of outliers by archetype, metric and side."""
    weighed = {
        (model.name, metric.key, side): _Weighed(model, position, side)
        for model in evidence.models
        for position, metric in enumerate(model.metrics)
        for side in _SIDES
        if metric.key in keys
    }
    for cells in evidence.cells():
        for (archetype, _, _), each in weighed.items():
            if archetype == cells.archetype:
                each.add(cells)
    return weighed


def _beyond(model: MetricModel, side: str) -> Exceedance:
    """Return how often values lie beyond the threshold of one side."""
    sd = model.parts[0].some_sd
    unit = model.limits.unit
    far = model.means + _SIDES[side] * _OUTLIER_SD * sd
    wanted = np.clip(far, model.limits.low, model.limits.high - unit)
    threshold = (np.floor(wanted / unit) + 0.5) * unit
    chance = _chance(model, threshold, model.parts, side)
    usual = _chance(model, threshold, _without(model, side), side)
    return Exceedance(threshold, chance, chance - usual)


def _chance(model: MetricModel, threshold: Floats, parts: Sequence[Part], side: str) -> Floats:
    above = chance_above(model, threshold, parts)
    return above if side == "high" else 1 - above


def _without(model: MetricModel, side: str) -> list[Part]:
    """Return the parts of values without the outliers of one side, which are as usual instead."""
    half = len(model.parts) // 2
    parts: list[Part] = []
    for state in (model.parts[:half], model.parts[half:]):
        usual = state[0]
        for part in state:
            ratio = part.scale / usual.scale if usual.scale else 1.0
            is_of_side = ratio > 1 if side == "high" else ratio < 1
            parts.append(usual._replace(chance=part.chance) if is_of_side else part)
    return parts


MEASUREMENT = Measurement(
    (OUTLIER_RATE,), outlier_findings, needs=Evidence.has_closed_form, is_test=True
)
