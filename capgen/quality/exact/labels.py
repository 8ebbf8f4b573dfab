"""The rules `labels` and `events`, as far as labels go: whether they fit each other and the events.

Where a label is set follows from values: rule `remade` compares it cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator

from capgen import sql
from capgen.columns import EVENT, LABELS, OUTLIER, OUTLIER_METRICS
from capgen.quality.evidence.evidence import KEYS, Evidence
from capgen.quality.expected.groups import event_spans
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import EVERY_ROW, SLOPE, Measurement, Rule, reads_modelled

OUTLIER_LABELS = Rule(
    "labels", "is_outlier and outlier_metrics agree.", EVERY_ROW, "cells at fault"
)
EVENTS = Rule(
    "events",
    "Events change the values of whom and when they touch, and are labelled nowhere else.",
    f"{SLOPE} Labels are compared with the ledger.",
    "share of the configured event, or labels at fault",
)


def label_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield how many labels of outliers and of events are wrong.

    Args:
        evidence: the evidence of a dataset with the truth.
    """
    connection = evidence.source.connection
    connection.register("touched", event_spans(evidence.config, evidence.fleet))
    (found,) = sql.fetch_rows(connection, "checks/truth", {})
    what = "cells whose is_outlier contradicts outlier_metrics"
    finding = exact(OUTLIER_LABELS.name, int(found["contradicting"]), int(found["cells"]), what)
    yield finding.naming(columns=(OUTLIER, OUTLIER_METRICS))
    if evidence.config.layers.events:
        what = "labels of events that do not touch their cell"
        outside = exact(EVENTS.name, int(found["outside_events"]), int(found["in_events"]), what)
        yield outside.naming(columns=[EVENT])


MEASUREMENT = Measurement(
    (OUTLIER_LABELS, EVENTS), label_findings, needs=reads_modelled(*KEYS, *LABELS)
)
