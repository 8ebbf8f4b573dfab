"""What each chart says, in words: its main finding, one text for each archetype and metric."""

from __future__ import annotations

from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from capgen.report.captions_of_time import effects_caption, growth_caption, utilisation_caption
from capgen.report.captions_of_values import (
    distribution_caption,
    quality_caption,
    rhythm_caption,
)
from capgen.report.correlation_caption import correlation_caption
from capgen.report.rows import Rows
from capgen.report.tables import WHOLE_FLEET, Tables

# By archetype, WHOLE_FLEET for all; then by panel, one for each metric.
Captions = dict[str, dict[str, list[str]]]


def captions(tables: Tables, report: Report, rows: dict[str, Rows]) -> Captions:
    """Return the captions of each panel, for each choice of archetype and metric.

    Args:
        tables: the report's tables.
        report: the outcome of a check.
        rows: what `chart_rows` returns.
    """
    verdicts = _verdicts(report)
    correlations = rows["correlation"]
    captions = {}
    for choice in (WHOLE_FLEET, *tables.archetypes):
        own = [row for row in correlations if choice in (WHOLE_FLEET, row["archetype"])]
        captions[choice] = _captions(tables.of(choice), verdicts, own)
    return captions


def _captions(tables: Tables, verdicts: str, correlations: Rows) -> dict[str, list[str]]:
    positions = range(len(tables.columns))
    measured = {
        "utilisation": [utilisation_caption(tables, each) for each in positions],
        "distribution": [distribution_caption(tables, each) for each in positions],
        "rhythm": [rhythm_caption(tables, each) for each in positions],
        "growth": [growth_caption(tables, each) for each in positions],
        "quality": [f"{verdicts} {quality_caption(tables, each)}" for each in positions],
    }
    if tables.model is None:
        return measured
    correlation = correlation_caption(tables, correlations)
    configured = {
        "correlation": [correlation for _ in positions],
        "effects": [effects_caption(tables, each) for each in positions],
    }
    return measured | configured


def _verdicts(report: Report) -> str:
    counts = {each: len(report.names(each)) for each in Verdict}
    failed = f": {', '.join(report.names(Verdict.FAIL))}" if counts[Verdict.FAIL] else ""
    is_part = report.sample and report.sample.servers < report.sample.of_servers
    looked_at = f" {report.sample.sentence}" if report.sample and is_part else ""
    passing = f"{counts[Verdict.PASS]} pass"
    failing = f"{counts[Verdict.FAIL]} fail{failed}"
    untested = f"{counts[Verdict.NOT_TESTABLE]} cannot be tested"
    return f"Of {len(report.rules)} rules {passing}, {failing}, {untested}.{looked_at}"
