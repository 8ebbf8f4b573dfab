"""Whether the labels of the truth fit each other and the events of the configuration.

Where a label is set follows from values: rule `remade` compares it cell by cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from capgen import sql
from capgen.config import Config
from capgen.panel.fleet import server_frame
from capgen.quality.expected.groups import event_spans
from capgen.quality.findings import Finding, exact
from capgen.quality.source import Source

_OUTLIERS = ("is_outlier", "outlier_metrics")


def truth_findings(source: Source) -> Iterator[Finding]:
    """Yield how many labels of outliers and of events are wrong.

    Args:
        source: an open dataset with the truth.
    """
    spans = event_spans(source.config, server_frame(source.config))
    source.connection.register("touched", spans)
    (found,) = sql.run_query(source.connection, "checks/truth", {}).to_dicts()
    what = "cells whose is_outlier contradicts outlier_metrics"
    yield exact("labels", int(found["contradicting"]), int(found["cells"]), what).naming(columns=_OUTLIERS)
    if source.config.layers.events:
        what = "labels of events that do not touch their cell"
        yield exact("events", int(found["outside_events"]), int(found["in_events"]), what).naming(columns=["event_id"])


def outlier_chance(config: Config) -> float:
    """Return the chance that a cell has an outlier in any of its metrics.

    Args:
        config: a valid configuration.
    """
    layers = (config.layers.outliers or {}).values()
    return 1 - math.prod(1 - layer.probability - layer.dip_probability for layer in layers)
