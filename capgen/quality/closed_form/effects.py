"""Effects of the calendar and of growth.

For each effect there are two expectations of every value, both in closed form: e under the
configuration, and e₀ with this one factor set to 1 everywhere. With d = e − e₀, the slope of
(value − e₀) on d, β = Σ d (value − e₀) / Σ d², is 1 where the effect is as configured and 0 where
it is missing; its variance under the configuration is Σ d² variance / (Σ d²)². All sums go over
archetype and hour: no cell is looked at twice.

An effect is tested per metric, pooled over the metrics of an archetype, and pooled over all: the
weakest one, growth, shows only in the pool. Metrics of one cell are correlated. Clipping is
monotone and cannot raise the correlation of two normals (H. O. Lancaster, "Some properties of the
bivariate normal distribution", 1957), so the covariance within each part of the mixture lies
between 0 and correlation × sd × sd; between the parts it is known. The pool's variance takes the
upper end.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.layers.answers import Effect
from capgen.quality.closed_form.slopes import Slope, summed
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.measured import ArchetypeHours, MetricHours
from capgen.quality.expected.effects import EFFECTS, effects_of
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, effect_rule
from capgen.quality.statistics import Deviation, Statistic

EFFECT_RULES = tuple(effect_rule(each.name, each.what) for each in EFFECTS)


def effect_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the slope of each effect: 1 where it is as configured, and 0 where it is missing.

    Args:
        evidence: the dataset's evidence.
    """
    for effect in effects_of(evidence.config):
        found = list(_effect_statistics(effect.name, evidence.archetypes))
        yield from found
        if not found:
            yield never_finding(effect)


def never_finding(effect: Effect) -> Finding:
    """Return the finding of an effect that changes no value.

    Args:
        effect: one that the panel may have.
    """
    return not_testable(effect.name, f"{effect.never}, or no metric responds")


def _effect_statistics(effect: str, archetypes: Sequence[ArchetypeHours]) -> Iterator[Statistic]:
    pools = []
    for archetype in archetypes:
        responding = [metric for metric in archetype.metrics if _informs(metric, effect)]
        pairs = [(metric, _slope(metric, effect)) for metric in responding]
        for metric, slope in pairs:
            yield slope.statistic(effect, metric.subject)
        uncertain = [pair for pair in pairs if _varies(*pair)]
        if len(uncertain) > 1:
            pools.append(_pool(archetype, uncertain, effect))
            yield pools[-1].statistic(effect, f"{archetype.model.name}, all metrics")
    if len(pools) > 1:
        yield summed(pools).statistic(effect, "all archetypes and metrics")


def _informs(metric: MetricHours, effect: str) -> bool:
    if effect not in metric.model.effects:
        return False
    return bool((metric.counts * metric.model.effects[effect] ** 2).sum() > 0)


def _slope(metric: MetricHours, effect: str) -> Slope:
    difference = metric.model.effects[effect]
    return Slope(metric.deviation(difference), float((metric.counts * difference**2).sum()))


def _varies(metric: MetricHours, slope: Slope) -> bool:
    """Tell whether values vary at all: if not, they would have all the weight in a pool."""
    return slope.deviation.variance > (metric.model.limits.unit / 100) ** 2 * slope.information


def _pool(
    archetype: ArchetypeHours, uncertain: list[tuple[MetricHours, Slope]], effect: str
) -> Slope:
    """Return the slope over some metrics, each weighted by the inverse of its variance."""
    scaled = []
    differences = []
    for metric, slope in uncertain:
        weight = slope.information / slope.deviation.variance
        scaled.append(_scaled(slope, weight))
        differences.append(metric.model.effects[effect] * weight)
    pooled = summed(scaled)
    positions = {metric.subject: position for position, metric in enumerate(archetype.metrics)}
    places = [positions[metric.subject] for metric, _ in uncertain]
    mixtures = [_Mixture.of(metric) for metric, _ in uncertain]
    shared = 0.0
    for i, j in itertools.combinations(range(len(uncertain)), 2):
        correlation = float(archetype.model.correlations[places[i], places[j]])
        product = differences[i] * differences[j]
        shared += 2 * _largest_covariance(mixtures[i], mixtures[j], product, correlation)
    # At most, by Minkowski's inequality.
    third = sum(abs(slope.deviation.third) ** (1 / 3) for slope in scaled) ** 3
    fourth = sum(abs(slope.deviation.fourth) ** (1 / 4) for slope in scaled) ** 4
    variance = pooled.deviation.variance + shared
    deviation = pooled.deviation._replace(variance=variance, third=third, fourth=fourth)
    return Slope(deviation, pooled.information)


class _Mixture(NamedTuple):
    """Values without and with a spike.

    Args:
        counts: number of values, shape (n,).
        chances: chances of the two, shape (2,).
        distances: how far their means lie from that of all, shape (2, n).
        sds: their sds, shape (2, n).
    """

    counts: Floats
    chances: Floats
    distances: Floats
    sds: Floats

    @classmethod
    def of(cls, metric: MetricHours) -> _Mixture:
        chances, means, sds = metric.model.of_spikes()
        return cls(metric.counts, chances, means - metric.model.values.mean, sds)


def _largest_covariance(one: _Mixture, two: _Mixture, weights: Floats, correlation: float) -> float:
    """Bound the covariance of two metrics' weighted sums from above."""
    within = correlation * (one.chances @ (one.sds * two.sds))
    between = one.chances @ (one.distances * two.distances)
    bound = np.maximum(weights * within, 0) + weights * between
    return float((np.minimum(one.counts, two.counts) * np.maximum(bound, 0)).sum())


def _scaled(slope: Slope, by: float) -> Slope:
    total, variance, third, fourth, slack = slope.deviation
    deviation = Deviation(total * by, variance * by**2, third * by**3, fourth * by**4, slack * by)
    return Slope(deviation, slope.information * by)


MEASUREMENT = Measurement(
    EFFECT_RULES, effect_findings, needs=Evidence.has_closed_form, is_test=True
)
