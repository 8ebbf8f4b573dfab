"""Metrics in base units, as monitoring systems want them: ratios, bytes, seconds, hertz."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from capgen.dataset.metric_column import MetricColumn
from capgen.telemetry.readers.units import known_unit

PREFIX = "capgen"  # of the names of metrics
_DIGITS = 15  # as many as a number has for sure
# The base unit of what is measured: in words, as UCUM has it, and how many of its own units it is.
_BASE = {
    "share": ("ratio", "1", 1),
    "time": ("seconds", "s", 1),
    "data": ("bytes", "By", 8),
    "frequency": ("hertz", "Hz", 1),
}


class Measure(NamedTuple):
    """A metric in its base unit.

    Args:
        metric: the metric's column, with the panel's unit.
        unit: the base unit in words, such as `bytes_per_second`; empty where none is known.
        ucum: the base unit as UCUM has it, such as `By/s`.
        factor: what the panel's values are multiplied by.
    """

    metric: MetricColumn
    unit: str
    ucum: str
    factor: Fraction

    @property
    def name(self) -> str:
        """The name by convention, such as `capgen_cpu_p95_ratio`."""
        plain = f"{PREFIX}_{plain_name(self.metric.name)}"
        return plain if not self.unit or plain.endswith(f"_{self.unit}") else f"{plain}_{self.unit}"

    @property
    def values(self) -> pl.Expr:
        """The values in the base unit; rounded to the digits that a number has for sure."""
        column = pl.col(self.metric.name)
        if self.factor == 1:
            return column
        factor = self.factor
        scaled = column * float(factor.numerator) / float(factor.denominator)
        return scaled.round_sig_figs(_DIGITS)


def measure_of(metric: MetricColumn) -> Measure:
    """Return a metric in its base unit; as it is where its unit is not known.

    Args:
        metric: the metric's column.
    """
    known = known_unit(metric.unit)
    if known is None or known.per == 0:
        return Measure(metric, "", "", Fraction(1))
    unit, ucum, size = _BASE[known.measure]
    if known.per is None:
        return Measure(metric, unit, ucum, known.size / size)
    factor = known.size / size / known.per
    return Measure(metric, f"{unit}_per_second", f"{ucum}/s", factor)


def plain_name(name: str) -> str:
    """Return a name of letters, digits and underscores, as names of metrics and labels must be.

    Args:
        name: of a column.
    """
    plain = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain
