"""The rule `missing_rate`: as many values are missing as the layers that take some away imply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from capgen.panel.schema import metrics_may_be_null
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.expected.missing import Implied
from capgen.quality.findings import Finding, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.statistics import Statistic, share_statistic

MISSING_RATE = Rule(
    "missing_rate",
    "Values are missing at the configured rate.",
    "Missing values are counted.",
    "share missing",
)


def missing_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the share of missing values of each metric, where a layer takes some away.

    Args:
        evidence: the dataset's evidence.
    """
    counts = evidence.counts
    if metrics_may_be_null(evidence.config):
        for column in evidence.source.columns:
            present = counts[f"{column}.present"]
            yield _statistic(column, counts["cells"], present, evidence.implied_missing)


def _statistic(column: str, rows: int, present: int, implied: Implied) -> Statistic | Finding:
    there = rows - implied.gone
    if there == 0 and present == 0:
        return not_testable(MISSING_RATE.name, "gaps and lives take all values", column)
    note = f"gaps and lives take {implied.gone / implied.cells:.2%} more"
    share = implied.share[column]
    return share_statistic(MISSING_RATE.name, column, there - present, there, share, note)


MEASUREMENT = Measurement(
    (MISSING_RATE,), missing_findings, needs=Evidence.has_closed_form, is_test=True
)
BESIDE_TWINS = replace(MEASUREMENT, needs=Evidence.has_twin)
