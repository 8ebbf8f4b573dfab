"""The rule `completeness`: no value is missing that no layer takes away.

Where layers take some away at random, those that are missing are a binomial.
"""

from __future__ import annotations

from collections.abc import Iterator

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.expected.missing import Implied
from capgen.quality.findings import Finding, Verdict
from capgen.quality.rule import Measurement, Rule
from capgen.quality.statistics import Statistic, binomial_score
from capgen.words import counted

COMPLETENESS = Rule(
    "completeness",
    "No value is missing where no layer takes any away, else as many as the layers imply, "
    "and at most 5 % more.",
    "Every row is counted.",
    "share of the values that are present",
    is_about_rows=True,
)
_MOST_MISSING = 0.05  # of a good panel's values


def completeness_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield the share of values of each metric that are present, and whether layers leave as many.

    All metrics together can be no worse than the worst.

    Args:
        evidence: the dataset's evidence.
    """
    counts = evidence.counts
    for column in evidence.source.columns:
        present = counts[f"{column}.present"]
        yield _completeness(column, counts["cells"], present, evidence.implied_missing)


def _completeness(column: str, rows: int, present: int, implied: Implied) -> Statistic | Finding:
    share = implied.share[column]
    measured = f"{present / rows if rows else 0:.2%}"
    expected = f"{1 - implied.missing[column]:.2%}"
    absent = rows - present - implied.gone
    if share == 0:
        wrong = max(absent, 0)
        verdict = Verdict.FAIL if wrong or not rows else Verdict.PASS
        note = f"{counted(wrong, 'value')} missing that no layer takes away" if wrong else ""
        return Finding(
            COMPLETENESS.name, column, verdict, measured, expected, wrong, 0, "values", note
        )
    short = max(binomial_score(absent, rows - implied.gone, share), 0.0)
    is_good = implied.missing[column] <= _MOST_MISSING
    note = "" if is_good else f"layers leave less than {1 - _MOST_MISSING:.0%}"
    return Statistic(COMPLETENESS.name, column, measured, expected, off=-short, note=note)


MEASUREMENT = Measurement(
    (COMPLETENESS,), completeness_findings, needs=Evidence.has_values, is_test=True
)
