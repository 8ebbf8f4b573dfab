"""The rule `no_constants`: no server's metric stands still where those of others move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import Measurement, Rule
from capgen.quality.telemetry.naming import names, said

NO_CONSTANTS = Rule(
    "no_constants",
    "Telemetry: no server has one value of a metric throughout, where others move.",
    "The least and the greatest value of each server with 24 values or more. A metric that stands "
    "still in more than a tenth of the servers is taken to do so by nature.",
    "series at fault",
)
_FEWEST_VALUES = 24
_BY_NATURE = 0.1  # of the servers


def constant_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield which servers have one value throughout.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    looked_at = evidence.series.sums.filter(pl.col("present") >= _FEWEST_VALUES)
    still = looked_at.filter(pl.col("least") == pl.col("greatest"))
    share = pl.len() / pl.col("metric").replace_strict(_servers(looked_at), default=1)
    is_rare = (pl.len() <= 1) | (share.first() <= _BY_NATURE)
    wrong = still.filter(is_rare.over("metric")).sort("server_id", "metric")
    note = said(wrong, _still)
    finding = exact(NO_CONSTANTS.name, wrong.height, looked_at.height, "series", note)
    yield finding.naming(servers=names(wrong, "server_id"), columns=names(wrong, "metric"))


def _still(row: Mapping[str, Any]) -> str:
    return f"{row['server_id']} has {row['metric']} {row['least']:g} throughout"


def _servers(sums: pl.DataFrame) -> dict[str, int]:
    return dict(sums.group_by("metric").len().iter_rows())


MEASUREMENT = Measurement((NO_CONSTANTS,), constant_finding, needs=Evidence.has_series)
