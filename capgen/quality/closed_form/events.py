"""Whether events change values as configured.

When and to whom events happen follows from the configuration. The rule looks at the hours that lie
in one event alone. With d, the difference that its factor makes to the expectation, the slope of
values on d is 1 where the event is in the data as configured, and 0 where it is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.draws.arrays import Flags, Floats
from capgen.layers.events.touched import Touched
from capgen.quality.closed_form.slopes import Slope, summed
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.evidence.hour_sums import HourSums
from capgen.quality.evidence.measured import MetricHours, measure
from capgen.quality.exact.labels import EVENTS
from capgen.quality.expected.buckets import first_steps
from capgen.quality.expected.clipped import Clipped, Part, clipped
from capgen.quality.expected.drift import Drift, with_drift
from capgen.quality.expected.incidents import events_of
from capgen.quality.expected.model import ArchetypeModel
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement
from capgen.quality.statistics import Deviation, Statistic
from capgen.timeline.time_axis import TimeAxis

_NO_EVENT = -1
_SEVERAL = -2


@dataclass(frozen=True, slots=True)
class _EventHours:
    """The hours of an archetype that lie in one event.

    Args:
        rules: names of the configured events.
        rule: position in `rules` of each entry of the means; negative outside of such hours.
        factor: the event's factor, on average.
        ends: the event's factor at the first step of each, and at the last.
    """

    rules: list[str]
    rule: NDArray[np.int64]
    factor: Floats
    ends: tuple[Floats, Floats]


def event_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the slope of each configured event, metric by metric.

    Args:
        evidence: the dataset's evidence.
    """
    config = evidence.config
    slopes: dict[str, list[Slope]] = {name: [] for name in _rules(config)}
    for model in evidence.models if config.layers.events else ():
        hours = _event_hours(config, evidence.groups.rows[model.name], model)
        for rule, slope in _slopes(config, model, hours, evidence.event_sums):
            slopes.setdefault(rule, []).append(slope)
    for rule, found in slopes.items():
        if found:
            yield summed(found).statistic(EVENTS.name, rule)
        elif not any(other.startswith(f"{rule} ") for other in slopes):
            why = "none fills an hour of a server that is looked at, all by itself"
            yield not_testable(EVENTS.name, why, rule)


def _rules(config: Config) -> dict[str, tuple[str, ...]]:
    """Return the metrics that each configured event changes."""
    events = config.layers.events
    every = {**events.random, **events.listed} if events else {}
    return {name: event.metrics or tuple(config.drawn_metrics) for name, event in every.items()}


def _slopes(
    config: Config, model: ArchetypeModel, hours: _EventHours, sums: Mapping[str, HourSums]
) -> Iterator[tuple[str, Slope]]:
    (archetype,) = measure(sums, [model])
    for metric in archetype.metrics:
        for position, (rule, metrics) in enumerate(_rules(config).items()):
            here = (hours.rule == position) & (metric.counts > 0)
            if metric.model.source in metrics and here.any():
                slope = _slope(metric, here, hours)
                if slope.information > 0:
                    yield f"{rule} {metric.model.column}", slope


def _slope(metric: MetricHours, here: Flags, hours: _EventHours) -> Slope:
    model = metric.model
    counts = metric.counts[here]
    eventful = _eventful(metric, here, hours)
    difference = eventful.mean - model.values.mean[here]
    excess = eventful.central[4] - 3 * eventful.variance**2
    rounding = eventful.rounding + model.values.rounding[here]
    deviation = Deviation(
        total=float((difference * (metric.totals[here] - counts * eventful.mean)).sum()),
        variance=float((counts * difference**2 * eventful.variance).sum()),
        third=float((counts * difference**3 * eventful.central[3]).sum()),
        fourth=float((counts * difference**4 * excess).sum()),
        slack=float((counts * np.abs(difference) * rounding).sum()),
    )
    return Slope(deviation, float((counts * difference**2).sum()))


def _eventful(metric: MetricHours, here: Flags, hours: _EventHours) -> Clipped:
    """Return what is expected of the values of some hours, with the event that they lie in."""
    model = metric.model
    means = model.means[here]
    factor = hours.factor[here]
    parts = tuple(Part(part.chance, part.scale * factor, part.sd * factor) for part in model.parts)
    relative = []
    for end in hours.ends:
        unknown = np.ones_like(factor)
        relative.append(np.divide(end[here], factor, out=unknown, where=factor > 0))
    drift = Drift(means * relative[0], means * relative[1], np.ones_like(means))
    return with_drift(clipped(means, parts, model.limits), means, drift, parts, model.limits)


def _event_hours(config: Config, rows: pl.DataFrame, model: ArchetypeModel) -> _EventHours:
    axis = config.axis
    rules = list(_rules(config))
    firsts = first_steps(config, axis.span)
    of_server: list[list[Touched]] = [[] for _ in range(rows.height)]
    for touched in events_of(config, rows):
        of_server[touched.server].append(touched)
    hours = [_hours_of_server(axis, rules, firsts, touched) for touched in of_server]
    rule, factor, first, last = (np.concatenate(column) for column in zip(*hours, strict=True))
    ends = (first[model.usable], last[model.usable])
    return _EventHours(rules, rule[model.usable], factor[model.usable], ends)


def _hours_of_server(
    axis: TimeAxis, rules: list[str], firsts: NDArray[np.int64], touched: list[Touched]
) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    """Return the rule of each hour that lies in one event, and its factor: mean, first and last."""
    rule = np.full(axis.span.size, _NO_EVENT)
    factor = np.ones(axis.span.size)
    for cells in touched:
        here = rule[cells.steps]
        number = rules.index(cells.event.id.split(":")[0])
        here[:] = np.where(here == _NO_EVENT, number, _SEVERAL)
        factor[cells.steps] = cells.event.factor(axis, cells.span)
    lowest = np.minimum.reduceat(rule, firsts)
    highest = np.maximum.reduceat(rule, firsts)
    stops = np.append(firsts[1:], rule.size)
    mean = np.add.reduceat(factor, firsts) / (stops - firsts)
    return np.where(lowest == highest, lowest, _SEVERAL), mean, factor[firsts], factor[stops - 1]


MEASUREMENT = Measurement((EVENTS,), event_findings, needs=Evidence.has_closed_form, is_test=True)
