"""Whether metrics move together as configured.

Judged on cells neither clipped nor spiked, as far as that can be seen: see
`capgen.quality.evidence.residuals`. What this leaves out biases the measured correlation, even
where the data is good: the bias is worked out by putting draws from the model, from a fixed stream,
through the same filter. A correlation passes within 0.15 of the target, or of the target moved by
the bias, and what sampling adds, in the scale of Fisher's z.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.config import Config
from capgen.draws.arrays import Flags, Floats
from capgen.draws.cholesky import cholesky, correlate
from capgen.draws.streams import stream
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.residuals import Residuals, cuts_of
from capgen.quality.expected.model import ArchetypeModel, MetricModel
from capgen.quality.expected.value_parts import outlier_parts
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.statistics import Statistic

CORRELATION = Rule(
    "correlation",
    "Metrics move together as configured.",
    "Correlations of standardised residuals, on cells neither clipped nor spiked.",
    "correlation",
)
_TOLERANCE = 0.15
_FEWEST_CELLS = 100
_FEWEST_DRAWS = 500  # that pass the filter: the bias is known within some 0.05 then
_DRAWS = 2**14
_HIGHEST = 1 - 1e-6  # Fisher's z of 1 is infinite


class _Expected(NamedTuple):
    """What the filter makes of a correlation, and of its standard error beside that of normals."""

    correlation: float
    widening: float


class _Measured(NamedTuple):
    """The correlation of two metrics' residuals, from how many cells, and of their values."""

    correlation: float | None
    cells: int
    raw: float | None

    @classmethod
    def of(cls, measured: Residuals, one: int, two: int) -> _Measured:
        residuals = measured.residuals
        raw = measured.plain.correlation(one, two)
        return cls(residuals.correlation(one, two), residuals.cells(one, two), raw)


def correlation_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the correlation of each pair of metrics of each archetype.

    Args:
        evidence: the dataset's evidence.
    """
    for model in evidence.models:
        measured = evidence.residuals[model.name]
        residuals = _draw_residuals(evidence.config, model)
        for (i, one), (j, two) in itertools.combinations(enumerate(model.metrics), 2):
            subject = f"{model.name} {one.column}~{two.column}"
            target = float(model.correlations[i, j])
            expected = _expected(residuals[i], residuals[j])
            yield _statistic(subject, target, expected, _Measured.of(measured, i, j))


def _statistic(
    subject: str, target: float, expected: _Expected | None, found: _Measured
) -> Statistic | Finding:
    correlation, cells, raw = found
    if expected is None or correlation is None or cells < _FEWEST_CELLS:
        why = "too few cells neither clipped nor spiked, or no spread"
        return not_testable(CORRELATION.name, why, subject)
    bias = expected.correlation - target
    lowest = target - _TOLERANCE + min(bias, 0)
    highest = target + _TOLERANCE + max(bias, 0)
    above = max(_fisher(correlation) - _fisher(highest), 0)
    below = min(_fisher(correlation) - _fisher(lowest), 0)
    details = {"cells": float(cells), "bias": bias}
    note = f"SE count from ±{_TOLERANCE} on"
    if raw is not None:
        details["raw"] = raw
        note += f"; plain values: {raw:.2f}"
    off = (above + below) * math.sqrt(cells - 3) / expected.widening
    return Statistic(
        CORRELATION.name, subject, correlation, target, off, note=note, details=details
    )


def _fisher(correlation: float) -> float:
    return math.atanh(min(max(correlation, -_HIGHEST), _HIGHEST))


def _expected(one: Floats, two: Floats) -> _Expected | None:
    """Correlate draws; the standard error follows from their influence (F. R. Hampel, 1974)."""
    both = ~(np.isnan(one) | np.isnan(two))
    x = one[both]
    y = two[both]
    if x.size < _FEWEST_DRAWS:
        return None
    spreads = (x.std(), y.std())
    if min(spreads) == 0:
        return None
    x = (x - x.mean()) / spreads[0]
    y = (y - y.mean()) / spreads[1]
    products = x * y
    correlation = float(products.mean())
    influence = products - correlation * (x**2 + y**2) / 2
    return _Expected(correlation, max(float(influence.std()) / max(1 - correlation**2, 1e-6), 1.0))


def _draw_residuals(config: Config, model: ArchetypeModel) -> Floats:
    """Return residuals of draws from the model, shape (metrics, draws).

    They are NaN where values are clipped, or a spike shows.
    """
    random = stream(0, model.name, "", "check of correlations")
    hours = random.integers(model.metrics[0].means.size, size=_DRAWS)
    spikes = random.random(_DRAWS) < config.archetypes[model.name].spike.probability
    drawn = random.standard_normal((len(config.drawn_metrics), 1, _DRAWS))
    correlate(cholesky(model.drawn), drawn)
    noise = dict(zip(config.drawn_metrics, drawn[:, 0], strict=True))
    calm = np.ones(_DRAWS, dtype=np.bool_)
    residuals = []
    cuts = cuts_of(config, [metric.key for metric in model.metrics])
    for metric, cut in zip(model.metrics, cuts, strict=True):
        scales = _outlier_scales(config, metric.key, random.random(_DRAWS))
        standardised, free = _draw(metric, hours, noise[metric.source], spikes, scales)
        calm &= standardised <= cut
        residuals.append(np.where(free, standardised, np.nan))
    return np.where(calm, residuals, np.nan)


def _outlier_scales(config: Config, key: str, uniforms: Floats) -> Floats:
    """Return what each draw is multiplied by."""
    chances, scales = zip(*outlier_parts(config, key), strict=True)
    chosen = np.searchsorted(np.cumsum(chances)[:-1], uniforms, side="right")
    return np.array(scales)[chosen]


def _draw(
    metric: MetricModel,
    hours: NDArray[np.int64],
    noise: Floats,
    spikes: Flags,
    scales: Floats,
) -> tuple[Floats, Flags]:
    """Return draws of a metric, standardised, and which of them are not clipped."""
    means = metric.means[hours]
    sd = metric.parts[0].sd
    raw = means + metric.sign * sd * noise
    values = np.where(spikes, raw * metric.parts[len(metric.parts) // 2].scale, raw) * scales
    units = round(1 / metric.limits.unit)
    # The nearest floats, as the ends are.
    rounded = np.rint(np.clip(values, metric.limits.low, metric.limits.high) * units) / units
    standardised = (rounded - means) / sd if sd else np.full_like(means, np.nan)
    return standardised, (rounded > metric.limits.low) & (rounded < metric.limits.high)


MEASUREMENT = Measurement(
    (CORRELATION,), correlation_findings, needs=Evidence.has_closed_form, is_test=True
)
