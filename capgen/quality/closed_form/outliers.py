"""Whether outliers come as often, and as far off, as configured.

As with spikes: with a threshold 4 sd above or below each mean, the chance of a value beyond it
follows from the configuration, with outliers and without, and the slope on the difference is 1
where they are as configured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from capgen import sql
from capgen.draws.arrays import Floats
from capgen.quality.closed_form.slopes import Slope, summed
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.exceedance import Exceedance, chance_above
from capgen.quality.evidence.measured import ArchetypeHours, MetricHours, bucket
from capgen.quality.expected.clipped import Part
from capgen.quality.expected.model import MetricModel
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.source import Source
from capgen.quality.statistics import Statistic

_OUTLIER_SD = 4.0  # fewer, and noise hides outliers; more, and few outliers lie beyond
_SIDES = ("high", "low")
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
    sums = _sums(source, archetypes, keys)
    for key in keys:
        for side in _SIDES:
            slopes = list(_slopes(archetypes, sums, key, side))
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
    archetypes: Sequence[ArchetypeHours], sums: pl.DataFrame, key: str, side: str
) -> Iterator[Slope]:
    for archetype in archetypes:
        metric = _metric(archetype, key)
        beyond = _beyond(metric.model, side)
        information = float((metric.counts * beyond.effect**2).sum())
        row = sums.filter(pl.col("server_type") == archetype.model.name)
        if information > 0:
            exceeded = float(row[f"{metric.model.column}.{side}"].sum())
            yield Slope(beyond.deviation(metric.counts, exceeded), information)


def _metric(archetype: ArchetypeHours, key: str) -> MetricHours:
    return next(each for each in archetype.metrics if each.model.key == key)


def _sums(
    source: Source, archetypes: Sequence[ArchetypeHours], keys: Sequence[str]
) -> pl.DataFrame:
    frames = [each.model.keys.with_columns(*_columns(each, keys)) for each in archetypes]
    source.connection.register("outlier_thresholds", pl.concat(frames))
    repeats = [{"column": source.config.metrics[key].column} for key in keys]
    return sql.run_query(source.connection, "checks/outliers", bucket(source), repeats)


def _columns(archetype: ArchetypeHours, keys: Sequence[str]) -> Iterator[pl.Series]:
    for key in keys:
        model = _metric(archetype, key).model
        for side in _SIDES:
            beyond = _beyond(model, side)
            yield pl.Series(f"{model.column}.{side}", beyond.threshold)
            yield pl.Series(f"{model.column}.{side}_weight", beyond.effect)


def _beyond(model: MetricModel, side: str) -> Exceedance:
    """Return how often values lie beyond the threshold of one side."""
    sd = model.parts[0].some_sd
    unit = model.limits.unit
    sign = 1 if side == "high" else -1
    far = model.means + sign * _OUTLIER_SD * sd
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
