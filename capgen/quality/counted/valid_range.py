"""The rule `valid_range`: every value lies inside its metric's clip."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact_values
from capgen.quality.rule import EVERY_ROW, Measurement, Rule

VALID_RANGE = Rule(
    "valid_range",
    "Every value that is present lies inside its metric's clip.",
    EVERY_ROW,
    "values at fault",
)


def range_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield how many values lie outside their metric's clip; NaN does.

    Args:
        evidence: the dataset's evidence.
    """
    columns = evidence.source.columns
    counts = evidence.counts
    outside = {each: counts[f"{each}.present"] - counts[f"{each}.inside"] for each in columns}
    present = sum(counts[f"{each}.present"] for each in columns)
    yield exact_values(VALID_RANGE.name, outside, present, "values outside the clip")


MEASUREMENT = Measurement((VALID_RANGE,), range_finding, needs=Evidence.has_values, is_test=True)
