"""The rule `decimals`: every value is rounded as configured."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact_values
from capgen.quality.rule import EVERY_ROW, Measurement, Rule

DECIMALS = Rule(
    "decimals",
    "No value has more decimals than configured.",
    EVERY_ROW,
    "values at fault",
)


def decimals_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield how many values have more decimals than configured.

    Args:
        evidence: the dataset's evidence.
    """
    columns = evidence.source.columns
    counts = evidence.counts
    longer = {each: counts[f"{each}.longer"] for each in columns}
    present = sum(counts[f"{each}.present"] for each in columns)
    what = f"values with more than {evidence.config.decimals} decimals"
    yield exact_values(DECIMALS.name, longer, present, what)


MEASUREMENT = Measurement((DECIMALS,), decimals_finding, needs=Evidence.has_values, is_test=True)
