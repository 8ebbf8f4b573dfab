"""Decides how each metric is treated: its unit, its step, and what its column will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from capgen.columns import taken_names
from capgen.dataset.metric_column import MetricColumn
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.settings.statistic import P95, RAW, column_of, count_column
from capgen.telemetry.account import line
from capgen.telemetry.readers.mapping_types import AUTO
from capgen.telemetry.readers.reader import ReadMetric
from capgen.telemetry.readers.units import conversion, known_unit
from capgen.telemetry.survey import Found, Survey
from capgen.timeline.granularity import canonical_granularity, step_minutes
from capgen.words import counted

_PERCENT = "percent"
_FRACTION = "fraction"
_MOST_OF_A_FRACTION = 1.05
_MOST_OF_A_PERCENTAGE = 110
_MINUTE = 60
_RESAMPLED = {RAW, "mean", "min", "max"}


@dataclass(frozen=True, slots=True)
class Treated:
    """How a metric is treated.

    Args:
        name: its name, which says its statistic in the exports.
        metric: what the reader found.
        column: its column in the dataset.
        factor: what values are multiplied by.
        step: seconds from sample to sample.
    """

    name: str
    metric: ReadMetric
    column: MetricColumn
    factor: Fraction
    step: int


@dataclass(frozen=True, slots=True)
class Treatment:
    """How all metrics are treated.

    Args:
        metrics: in the order of their columns.
        step: seconds from sample to sample; the least of all metrics.
        granularity: the dataset's step.
        keeps: whether samples are kept as they are, rather than resampled.
        guesses: what was taken for granted.
    """

    metrics: tuple[Treated, ...]
    step: int
    granularity: str
    keeps: bool
    guesses: tuple[AccountLine, ...]

    @property
    def period(self) -> int:
        """Seconds in a step of the dataset."""
        return step_minutes(self.granularity) * _MINUTE

    @property
    def sample_counts(self) -> list[str]:
        """Columns with the number of samples behind values."""
        if self.keeps:
            return []
        return [count_column(metric.column.name) for metric in self.metrics]


def name_of(metric: ReadMetric) -> str:
    """Return the name of a metric's column while samples are as they are.

    Args:
        metric: what the reader found. A key that ends with the statistic says it already.
    """
    return column_of(_key_of(metric), metric.statistic)


def _key_of(metric: ReadMetric) -> str:
    ending = f"_{metric.statistic}"
    return metric.key.removesuffix(ending) if metric.statistic != RAW else metric.key


def treatment(
    metrics: Mapping[str, ReadMetric],
    found: Survey,
    steps: Mapping[str, int],
    to: str | None,
) -> Treatment:
    """Decide how metrics are treated.

    Args:
        metrics: what the reader found, by name, in the order of columns.
        found: what there is of them.
        steps: seconds from sample to sample, by name.
        to: the step that is wanted; None for that of the exports.

    Raises:
        RequestError: a unit, a statistic or a step does not allow it.
    """
    step = min(steps.values())
    granularity = _granularity(step, to)
    keeps = step_minutes(granularity) * _MINUTE == step
    guesses: list[AccountLine] = []
    treated: list[Treated] = []
    for name, metric in metrics.items():
        if name in found.metrics:
            unit = metric.unit
            if unit == AUTO:
                unit, guess = _guessed_unit(name, metric, found.metrics[name])
                guesses.append(guess)
            treated.append(_treated(name, metric, unit, steps.get(name, step), keeps=keeps))
    _check_names(treated)
    return Treatment(tuple(treated), step, granularity, keeps, tuple(guesses))


def _granularity(step: int, to: str | None) -> str:
    if to is None:
        try:
            return canonical_granularity(f"{step // _MINUTE}min" if step % _MINUTE == 0 else "")
        except ValueError:
            raise RequestError(
                f"--to: expected a step, because one of {step} s is no whole minutes that divide a "
                "day; such as --to hourly"
            ) from None
    try:
        granularity = canonical_granularity(to)
    except ValueError as error:
        raise RequestError(f"--to: {error}, got {to!r}") from None
    if step_minutes(granularity) * _MINUTE < step:
        raise RequestError(
            f"--to: expected at least the step of the exports, {step} s, got {granularity}; "
            "nothing is interpolated"
        )
    return granularity


def _guessed_unit(name: str, metric: ReadMetric, found: Found) -> tuple[str, AccountLine]:
    if metric.kind == "counter" or metric.expression or found.greatest is None:
        raise RequestError(f"metrics.{name}.unit: expected a unit, got auto; which one is it?")
    least = found.least or 0.0
    says = f"largest of {counted(found.values, 'value')} {found.greatest:g}: "
    if least >= 0 and found.greatest <= _MOST_OF_A_FRACTION:
        return _FRACTION, line("unit", f"{says}a fraction", name)
    if least >= 0 and found.greatest <= _MOST_OF_A_PERCENTAGE:
        return _PERCENT, line("unit", f"{says}percent", name)
    raise RequestError(
        f"metrics.{name}.unit: expected percent or a fraction, got values from {least:g} to "
        f"{found.greatest:g}; which unit do they have?"
    )


def _treated(name: str, metric: ReadMetric, unit: str | None, step: int, *, keeps: bool) -> Treated:
    statistic = metric.statistic
    if not keeps:
        statistic = _resampled(name, metric)
    factor = Fraction(1)
    if metric.to is not None:
        if unit is None:
            raise RequestError(f"metrics.{name}.to: expected unit beside it; which one is it now?")
        factor = conversion(unit, metric.to, step)
    shown = _plain(metric.to or unit or "")
    column = column_of(_key_of(metric), statistic)
    return Treated(
        name,
        metric,
        MetricColumn(name=column, key=_key_of(metric), unit=shown, statistic=statistic),
        factor,
        step,
    )


def _resampled(name: str, metric: ReadMetric) -> str:
    if metric.statistic not in _RESAMPLED:
        raise RequestError(
            f"--to: expected raw samples, means, minima or maxima, got {metric.statistic} in "
            f"{name}: a percentile of percentiles is none; keep the step, or export raw samples"
        )
    return P95 if metric.statistic == RAW else metric.statistic


def _plain(unit: str) -> str:
    known = known_unit(unit)
    if known is None or known.measure != "share" or known.per is not None:
        return unit
    return _FRACTION if known.size == 1 else _PERCENT


def _check_names(treated: list[Treated]) -> None:
    names = [each.column.name for each in treated]
    for name in _taken_or_twice(names):
        raise RequestError(
            f"metrics: expected columns with names of their own, got {name!r}; give it another key"
        )


def _taken_or_twice(names: list[str]) -> Iterator[str]:
    taken = taken_names([])
    yield from (name for name in names if name in taken or names.count(name) > 1)
