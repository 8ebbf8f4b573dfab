"""The rules `level` and `spread`: means and variances of each metric are as configured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from capgen.draws.arrays import Floats
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.measured import MetricHours
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.statistics import Deviation, Statistic

LEVEL = Rule(
    "level", "Means are as configured.", "The mean of each metric of each archetype.", "mean"
)
SPREAD = Rule(
    "spread",
    "Values scatter about their mean as configured.",
    "The mean squared distance of values from their expectation.",
    "variance",
)
_COARSE = 5.0  # an sd of fewer units shows the rounding


def level_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the mean and the variance of each metric of each archetype.

    Args:
        evidence: the dataset's evidence.
    """
    metrics: list[MetricHours] = []
    for archetype in evidence.archetypes:
        metrics += archetype.metrics
    yield from map(_level, metrics)
    yield from map(_spread, metrics)


def _level(metric: MetricHours) -> Statistic | Finding:
    deviation = metric.deviation(np.ones_like(metric.counts))
    return _statistic(LEVEL.name, metric, deviation, metric.model.values.mean)


def _spread(metric: MetricHours) -> Statistic | Finding:
    coarse = _COARSE * metric.model.limits.unit
    if any(part.chance and part.scale and part.sd < coarse for part in metric.model.parts):
        why = "the sd is too near to what values are rounded to"
        return not_testable(SPREAD.name, why, metric.subject)
    return _statistic(SPREAD.name, metric, metric.spread(), metric.model.values.variance)


def _statistic(
    rule: str, metric: MetricHours, deviation: Deviation, expected: Floats
) -> Statistic | Finding:
    count = float(metric.counts.sum())
    if count == 0:
        return not_testable(rule, "no values", metric.subject)
    mean = float((metric.counts * expected).sum()) / count
    measured = mean + deviation.total / count
    off = deviation.standard_errors
    skewness = deviation.skewness
    kurtosis = deviation.kurtosis
    return Statistic(rule, metric.subject, measured, mean, off, skewness, kurtosis)


MEASUREMENT = Measurement(
    (LEVEL, SPREAD), level_findings, needs=Evidence.has_closed_form, is_test=True
)
