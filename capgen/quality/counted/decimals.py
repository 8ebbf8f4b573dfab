"""The rule `decimals`: every value is rounded as configured."""

from __future__ import annotations

from collections.abc import Mapping

from capgen.quality.findings import Finding, exact
from capgen.quality.source import Source

RULE = "decimals"


def check_decimals(source: Source, counts: Mapping[str, int]) -> Finding:
    """Check that no value has more decimals than configured.

    Args:
        source: an open dataset.
        counts: from `value_counts`.
    """
    longer = {each: counts[f"{each}.longer"] for each in source.columns if counts[f"{each}.longer"]}
    present = sum(counts[f"{each}.present"] for each in source.columns)
    note = ", ".join(f"{column}: {count:,}" for column, count in longer.items())
    what = f"values with more than {source.config.decimals} decimals"
    return exact(RULE, sum(longer.values()), present, what, note).naming(columns=longer)
