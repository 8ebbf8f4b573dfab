"""The rule `no_copies`: no server has the series of another, at the same time or another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import Measurement, Rule
from capgen.quality.telemetry.naming import said
from capgen.timeline.epoch import MINUTES_PER_HOUR

NO_COPIES = Rule(
    "no_copies",
    "Telemetry: no two servers have one series, whether at the same time or moved in time.",
    "Of each server the smallest hashes of three rows in succession are kept; servers that share "
    "many are compared row by row, beside what chance makes equal.",
    "servers at fault",
)
_FEWEST_ROWS = 24
_AGREEMENT = 0.9  # 0 is that of chance, 1 that of equal series


def copy_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield which servers have the series of another.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    compared = evidence.series.copies
    beyond_chance = pl.col("equal") / pl.col("both_rows") - pl.col("by_chance_share")
    found = (
        compared.with_columns(by_chance_share=pl.col("by_chance") / pl.col("both_rows"))
        .with_columns(agreement=beyond_chance / (1 - pl.col("by_chance_share")))
        .filter((pl.col("both_rows") >= _FEWEST_ROWS) & (pl.col("agreement") >= _AGREEMENT))
    )
    servers = evidence.series.spans.height
    finding = exact(NO_COPIES.name, found.height, servers, "servers", said(found, _pair))
    ids = pl.concat([found["server_id"], found["first_server"]]).unique().sort()
    yield finding.naming(servers=ids, columns=evidence.source.columns if found.height else ())


def _pair(row: Mapping[str, Any]) -> str:
    pair = f"{row['server_id']} has the series of {row['first_server']}"
    minutes = row["minutes"]
    when = f"{abs(minutes) / MINUTES_PER_HOUR:g} h {'later' if minutes > 0 else 'earlier'}"
    share = row["equal"] / row["both_rows"]
    return f"{pair}{f', {when}' if minutes else ''} ({share:.1%} of the rows)"


MEASUREMENT = Measurement((NO_COPIES,), copy_finding, needs=Evidence.has_series)
