"""The rule `archetypes_differ`: every two archetypes are told apart by at least one metric."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.measured import MetricHours
from capgen.quality.findings import Finding, Verdict, not_testable
from capgen.quality.rule import Measurement, Rule

ARCHETYPES_DIFFER = Rule(
    "archetypes_differ",
    "Every two archetypes are told apart by at least one metric.",
    "The distance of their means.",
    "distance in standard errors",
)
_TOLD_APART = 10.0  # standard errors
_SURELY = 6.0  # more that the configuration must imply for a measurement to be sure to show it


def archetype_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield for each pair of archetypes how far the metric that tells them apart best does so.

    Args:
        evidence: the dataset's evidence.
    """
    archetypes = evidence.archetypes
    yield from too_few_findings(archetypes)
    for one, two in itertools.combinations(archetypes, 2):
        every = zip(one.metrics, two.metrics, strict=True)
        pairs = [pair for pair in every if min(metric.counts.sum() for metric in pair) > 0]
        expected = max((_distance(*pair, measured=False) for pair in pairs), default=0.0)
        measured = max((_distance(*pair, measured=True) for pair in pairs), default=0.0)
        yield apart_finding(f"{one.model.name} and {two.model.name}", measured, expected)


def too_few_findings(archetypes: Sequence[object]) -> Iterator[Finding]:
    """Yield that nothing can be told of fewer than two archetypes.

    Args:
        archetypes: archetypes that have servers.
    """
    if len(archetypes) < 2:
        yield not_testable(ARCHETYPES_DIFFER.name, "there are fewer than two archetypes")


def apart_finding(subject: str, measured: float, expected: float) -> Finding:
    """Return whether two archetypes are told apart.

    Args:
        subject: names of both.
        measured: their distance in standard errors.
        expected: the same, as configured.
    """
    if expected < _TOLD_APART + _SURELY:
        needed = f"{_TOLD_APART + _SURELY:.0f} are needed"
        why = f"as configured they are {expected:.1f} standard errors apart, and {needed}"
        return not_testable(ARCHETYPES_DIFFER.name, why, subject)
    verdict = Verdict.PASS if measured >= _TOLD_APART else Verdict.FAIL
    return Finding(
        ARCHETYPES_DIFFER.name,
        subject,
        verdict,
        measured,
        expected,
        unit="SE",
        note="at least 10 SE",
    )


def _distance(one: MetricHours, two: MetricHours, *, measured: bool) -> float:
    """Return the distance of two means in standard errors, less what rounding may have added."""
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


MEASUREMENT = Measurement(
    (ARCHETYPES_DIFFER,), archetype_findings, needs=Evidence.has_closed_form, is_test=True
)
