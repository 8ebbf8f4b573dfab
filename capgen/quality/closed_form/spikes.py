"""Whether spikes come as often, and as high, as configured.

The data does not mark spikes. But with τ = mean + 2.5 sd of each archetype and hour (or just below
the clip), the chance q of a value above τ follows from the configuration, with spikes and without
(q₀). The slope of (exceeds − q₀) on d = q − q₀ is 1 where spikes are as configured and 0 where
there are none.
"""

from __future__ import annotations

from collections.abc import Iterator

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.exceedance import exceedance
from capgen.quality.evidence.measured import MetricHours
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.statistics import Statistic

SPIKE_RATE = Rule(
    "spike_rate",
    "Spikes are as frequent as configured.",
    "Values far above their mean are counted, "
    "and compared with how many the configuration implies.",
    "rate of spikes",
)


def spike_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the measured spike rate, from each metric that has spikes.

    Args:
        evidence: the dataset's evidence.
    """
    for archetype in evidence.archetypes:
        name = archetype.model.name
        rate = evidence.config.archetypes[name].spike.probability
        pairs = zip(archetype.metrics, evidence.residuals[name].exceeded, strict=True)
        spiking = [pair for pair in pairs if pair[0].model.has_spikes]
        for metric, exceeded in spiking:
            yield _statistic(metric, rate, float(exceeded))
        if not spiking:
            yield not_testable(SPIKE_RATE.name, "no spikes are configured", name)


def _statistic(metric: MetricHours, rate: float, exceeded: float) -> Statistic | Finding:
    model = exceedance(metric.model)
    information = float((metric.counts * model.effect**2).sum())
    deviation = model.deviation(metric.counts, exceeded)
    if information == 0 or deviation.variance == 0:
        why = "spikes lift no value above the threshold"
        return not_testable(SPIKE_RATE.name, why, metric.subject)
    measured = rate * (1 + deviation.total / information)
    off = deviation.standard_errors
    skewness = deviation.skewness
    kurtosis = deviation.kurtosis
    reach = information / deviation.variance**0.5
    subject = metric.subject
    return Statistic(SPIKE_RATE.name, subject, measured, rate, off, skewness, kurtosis, reach)


MEASUREMENT = Measurement(
    (SPIKE_RATE,), spike_findings, needs=Evidence.has_closed_form, is_test=True
)
