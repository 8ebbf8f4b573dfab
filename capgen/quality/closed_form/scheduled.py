"""Whether scheduled spikes fall at their hours, as often and as high as configured.

At the hours that a schedule touches, values are a mixture of those with and without its spike. With
d, the difference that the schedule makes to the expectation, the slope of values on d is 1 where it
is as configured. One spike may last for several steps: the variance is taken as many times.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from capgen.draws.arrays import Floats
from capgen.quality.closed_form.slopes import Slope
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.measured import MetricHours, measure
from capgen.quality.expected.clipped import Part, clipped
from capgen.quality.expected.expectation import Expectation
from capgen.quality.expected.model import archetype_model
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, effect_rule
from capgen.quality.statistics import Deviation, Statistic

SCHEDULED_SPIKES = effect_rule("scheduled_spikes", "spikes at their hours")


def scheduled_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the slope of each schedule's spikes, metric by metric.

    Args:
        evidence: the dataset's evidence.
    """
    for name in evidence.groups.rows:
        for number in range(len(evidence.config.archetypes[name].scheduled_spikes)):
            yield from _of_schedule(evidence, name, number)


def _of_schedule(evidence: Evidence, name: str, number: int) -> Iterator[Statistic | Finding]:
    config = evidence.config
    rows = evidence.groups.rows[name]
    expectation = Expectation(config, name, evidence.calendars, rows, schedule=number)
    subject = f"{name}, schedule {number}"
    if not expectation.usable.any():
        why = "no step begins at its hours, or other schedules touch them too"
        yield not_testable(SCHEDULED_SPIKES.name, why, subject)
        return
    schedule = config.archetypes[name].scheduled_spikes[number]
    keys = list(evidence.source.keys)
    model = archetype_model(config, expectation, name, keys, effects=False)
    (archetype,) = measure(evidence.sums, [model])
    for metric in archetype.metrics:
        share = config.metrics[metric.model.source].spike_share
        if share is not None:
            slope = _slope(metric, expectation.lit, schedule.magnitude * share, schedule.steps)
            if slope.information > 0:
                yield slope.statistic(SCHEDULED_SPIKES.name, f"{subject}, {metric.model.column}")


def _slope(metric: MetricHours, lit: Floats, scale: float, steps: int) -> Slope:
    model = metric.model
    parts = tuple(Part(part.chance, part.scale * scale, part.sd * scale) for part in model.parts)
    dark = model.values
    bright = clipped(model.means, parts, model.limits)
    mean = (1 - lit) * dark.mean + lit * bright.mean
    of_dark = (1 - lit) * (dark.variance + dark.mean**2)
    of_bright = lit * (bright.variance + bright.mean**2)
    variance = of_dark + of_bright - mean**2
    difference = mean - dark.mean
    deviation = Deviation(
        total=float((difference * (metric.totals - metric.counts * mean)).sum()),
        variance=steps * float((metric.counts * difference**2 * np.maximum(variance, 0)).sum()),
        third=0.0,
        fourth=0.0,
        slack=float((metric.counts * np.abs(difference) * (dark.rounding + bright.rounding)).sum()),
    )
    return Slope(deviation, float((metric.counts * difference**2).sum()))


MEASUREMENT = Measurement(
    (SCHEDULED_SPIKES,), scheduled_findings, needs=Evidence.has_closed_form, is_test=True
)
