"""The rule `server_labels`: labels of a server never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from capgen.quality.evidence.evidence import KEYS, Evidence
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import EVERY_ROW, Measurement, Rule, reads_measured
from capgen.words import counted

SERVER_LABELS = Rule(
    "server_labels",
    "Telemetry: labels of a server never change; one that is missing is missing throughout.",
    EVERY_ROW,
    "servers at fault",
)
_MOST_NAMED = 3


def label_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield which servers have labels that change.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    spans = evidence.series.spans
    problems: dict[str, list[str]] = {}
    columns: set[str] = set()
    for server in spans.iter_rows(named=True):
        found = {name: _problem(name, server) for name in evidence.series.labels}
        said = {name: problem for name, problem in found.items() if problem}
        if said:
            problems[str(server["server_id"])] = list(said.values())
            columns |= set(said)
    named = [f"{server}: {', '.join(found)}" for server, found in problems.items()]
    note = "; ".join(named[:_MOST_NAMED])
    finding = exact(SERVER_LABELS.name, len(problems), spans.height, "servers", note)
    yield finding.naming(servers=problems, columns=sorted(columns))


def _problem(column: str, server: Mapping[str, Any]) -> str:
    first, last, missing = (server[f"{column}.{what}"] for what in ("first", "last", "missing"))
    if first != last:
        return f"{column} changes between {first!r} and {last!r}"
    if missing and first is not None:
        return f"{column} is {first!r}, and missing in {counted(missing, 'row')}"
    return ""


MEASUREMENT = Measurement((SERVER_LABELS,), label_finding, needs=reads_measured(*KEYS))
