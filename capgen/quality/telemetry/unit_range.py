"""The rule `unit_range`: every value lies where its unit allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact_values
from capgen.quality.rule import Measurement, Rule
from capgen.quality.telemetry.naming import names, said, worst_first

UNIT_RANGE = Rule(
    "unit_range",
    "Telemetry: percentages lie in 0 to 100, fractions in 0 to 1, and no rate, size or count is "
    "below 0.",
    "Every row is looked at; a unit that is not known, such as °C, allows any number.",
    "values at fault",
)


def range_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield how many values lie outside of what their unit allows; NaN and infinity do.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    sums = evidence.series.sums
    wrong = dict(sums.group_by("metric").agg(pl.col("outside").sum()).rows())
    counts = {name: wrong[name] for name in evidence.source.columns}
    present = int(sums["present"].sum())
    at_fault = worst_first(sums.filter(pl.col("outside") > 0), "outside")
    finding = exact_values(UNIT_RANGE.name, counts, present, "values outside of their unit's range")
    servers = tuple(names(at_fault, "server_id"))
    yield replace(finding, note=said(at_fault, _ends), servers=servers)


def _ends(row: Mapping[str, Any]) -> str:
    ends = f"values from {row['least']:.4g} to {row['greatest']:.4g}"
    return f"{row['server_id']} has {row['metric']} {ends}, {row['outside']} of them outside"


MEASUREMENT = Measurement((UNIT_RANGE,), range_finding, needs=Evidence.has_series)
