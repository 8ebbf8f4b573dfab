"""The level and spread of each metric, and whether archetypes differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.quality.closed_form.measured import ArchetypeHours, MetricHours
from capgen.quality.findings import Finding, Verdict, not_testable
from capgen.quality.statistics import Deviation, Statistic

_COARSE = 5.0  # an sd of fewer units shows the rounding
_TOLD_APART = 10.0  # standard errors
_SURELY = 6.0  # more that the configuration must imply for a measurement to be sure to show it


def level_statistics(archetypes: Sequence[ArchetypeHours]) -> Iterator[Statistic | Finding]:
    """Yield the mean and the variance of each metric of each archetype.

    Args:
        archetypes: measured and expected values.
    """
    metrics = list(itertools.chain.from_iterable(each.metrics for each in archetypes))
    yield from (_level(each) for each in metrics)
    yield from (_spread(each) for each in metrics)


def _level(metric: MetricHours) -> Statistic | Finding:
    return _statistic("level", metric, metric.deviation(np.ones_like(metric.counts)), metric.model.values.mean)


def _spread(metric: MetricHours) -> Statistic | Finding:
    if any(part.chance and part.scale and part.sd < _COARSE * metric.model.limits.unit for part in metric.model.parts):
        return not_testable("spread", "the sd is too near to what values are rounded to", metric.subject)
    return _statistic("spread", metric, metric.spread(), metric.model.values.variance)


def _statistic(rule: str, metric: MetricHours, deviation: Deviation, expected: Floats) -> Statistic | Finding:
    count = float(metric.counts.sum())
    if count == 0:
        return not_testable(rule, "no values", metric.subject)
    mean = float((metric.counts * expected).sum()) / count
    off, skewness, kurtosis = deviation.standard_errors, deviation.skewness, deviation.kurtosis
    return Statistic(rule, metric.subject, mean + deviation.total / count, mean, off, skewness, kurtosis)


def archetype_findings(archetypes: Sequence[ArchetypeHours]) -> Iterator[Finding]:
    """Yield for each pair of archetypes how far the metric that tells them apart best does so.

    Args:
        archetypes: measured and expected values.
    """
    if len(archetypes) < 2:
        yield not_testable("archetypes_differ", "there are fewer than two archetypes")
    for one, two in itertools.combinations(archetypes, 2):
        pairs = [each for each in zip(one.metrics, two.metrics, strict=True) if min(m.counts.sum() for m in each) > 0]
        expected = max((_distance(*each, measured=False) for each in pairs), default=0.0)
        measured = max((_distance(*each, measured=True) for each in pairs), default=0.0)
        yield apart_finding(f"{one.model.name} and {two.model.name}", measured, expected)


def apart_finding(subject: str, measured: float, expected: float) -> Finding:
    """Return whether two archetypes are told apart.

    Args:
        subject: both of them.
        measured: distance in standard errors.
        expected: likewise, as configured.
    """
    if expected < _TOLD_APART + _SURELY:
        why = f"as configured they are {expected:.1f} standard errors apart, and {_TOLD_APART + _SURELY:.0f} are needed"
        return not_testable("archetypes_differ", why, subject)
    verdict = Verdict.PASS if measured >= _TOLD_APART else Verdict.FAIL
    return Finding("archetypes_differ", subject, verdict, measured, expected, unit="SE", note="at least 10 SE")


def _distance(one: MetricHours, two: MetricHours, *, measured: bool) -> float:
    """Return the distance of two means in standard errors, less what rounding may have made of it."""
    levels = [_mean(each, measured=measured) for each in (one, two)]
    slack = sum(each.slack for each in levels)
    apart = max(abs(levels[0].mean - levels[1].mean) - slack, 0.0)
    return float(apart / max(sum(each.variance for each in levels), 1e-300) ** 0.5)


class _Mean(NamedTuple):
    mean: float
    variance: float
    slack: float


def _mean(metric: MetricHours, *, measured: bool) -> _Mean:
    values = metric.model.values
    count = metric.counts.sum()
    total = metric.totals if measured else metric.counts * values.mean
    variance = (metric.counts * values.variance).sum() / count**2
    return _Mean(total.sum() / count, variance, (metric.counts * values.rounding).sum() / count)
