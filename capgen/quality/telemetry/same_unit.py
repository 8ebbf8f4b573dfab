"""The rule `same_unit`: no server's metric is in another unit than that of its peers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, exact, not_testable
from capgen.quality.rule import Measurement, Rule
from capgen.quality.telemetry.naming import names, said

SAME_UNIT = Rule(
    "same_unit",
    "Telemetry: no server's values are those of its peers in another unit, such as fractions "
    "beside percentages.",
    "The geometric mean of each server beside the median of its peers (of the same server_type): "
    "at fault is a ratio near 8, 10, 100, 1000, 1024 or their like four times as far, in "
    "logarithms, as 80 % of the peers lie.",
    "series at fault",
)
_FACTORS = (8, 10, 100, 1000, 1024, 8000, 8192, 10**6, 2**20, 8 * 10**6, 2**23)
_NEAR = math.log(1.2)  # of a factor
_MOST_PEERS = 0.8
_FAR = 4  # times the distance within which most peers lie
_FEWEST_PEERS = 5
_FEWEST_VALUES = 24


def unit_finding(evidence: Evidence) -> Iterator[Finding]:
    """Yield which servers have values in another unit.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    group = ["metric", "server_type"]
    sums = evidence.series.sums.filter(
        (pl.col("present") >= _FEWEST_VALUES) & pl.col("log").is_finite()
    )
    looked_at = sums.filter(pl.len().over(group) >= _FEWEST_PEERS)
    if looked_at.is_empty():
        yield not_testable(SAME_UNIT.name, f"needs {_FEWEST_PEERS} servers of the same kind")
        return
    away = looked_at.with_columns(away=pl.col("log") - pl.col("log").median().over(group))
    spread = pl.col("away").abs().quantile(_MOST_PEERS, "lower").over(group)
    is_far = pl.col("away").abs() > _FAR * spread
    wrong = away.filter(is_far & _is_near_factor()).sort("server_id", "metric")
    note = said(wrong, _times)
    finding = exact(SAME_UNIT.name, wrong.height, looked_at.height, "series", note)
    yield finding.naming(servers=names(wrong, "server_id"), columns=names(wrong, "metric"))


def _is_near_factor() -> pl.Expr:
    near = ((pl.col("away").abs() - math.log(factor)).abs() <= _NEAR for factor in _FACTORS)
    return pl.any_horizontal(near)


def _times(row: Mapping[str, Any]) -> str:
    ratio = math.exp(row["away"])
    times = f"{ratio:.3g} times" if ratio > 1 else f"1/{1 / ratio:.3g} of"
    return f"{row['server_id']} has {row['metric']} {times} that of its peers"


MEASUREMENT = Measurement((SAME_UNIT,), unit_finding, needs=Evidence.has_series)
