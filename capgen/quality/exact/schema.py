"""The rule `schema`: the files have the columns of the data contract."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import EVERY_ROW, Measurement, Rule, reads

SCHEMA = Rule(
    "schema",
    "Every file has the columns of the data contract, in their order and of their types.",
    EVERY_ROW,
    "files",
)
_MOST_NAMED = 3


def schema_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield how many files have other columns.

    Args:
        evidence: the dataset's evidence.
    """
    files = len(evidence.source.files) + len(evidence.source.strays)
    note = "; ".join(evidence.schema.problems[:_MOST_NAMED])
    yield exact(SCHEMA.name, evidence.schema.wrong, files, "files", note)


MEASUREMENT = Measurement((SCHEMA,), schema_finding, needs=reads())
