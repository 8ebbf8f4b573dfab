"""The rules `presence` and `continuity`: how many values are missing, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from capgen.quality.evidence.evidence import Evidence
from capgen.quality.findings import Finding, Verdict
from capgen.quality.rule import Measurement, Rule
from capgen.quality.telemetry.naming import said, worst_first
from capgen.words import counted

PRESENCE = Rule(
    "presence",
    "Telemetry: of each metric, at most 5 % of the values are missing; --max-missing sets the "
    "share.",
    "Every row is counted, of the servers that have the metric at all.",
    "share of the values that are present",
    is_about_rows=True,
)
CONTINUITY = Rule(
    "continuity",
    "Telemetry: no server is without values of a metric for longer than a week; --max-gap sets the "
    "time.",
    "Every run of missing values is looked at, of the servers that have the metric at all.",
    "longest gap",
    is_about_rows=True,
)


def presence_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield the share of present values, and the longest gap, of each metric.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    step = timedelta(minutes=evidence.source.described.step_minutes)
    for column in evidence.source.columns:
        sums = evidence.series.sums.filter(pl.col("metric") == column)
        having = sums.filter(pl.col("present") > 0)
        absent = sums.height - having.height
        note = f"{counted(absent, 'server')} without any {column}" if absent else ""
        yield _presence(column, having, evidence.limits.max_missing, note)
        gaps = evidence.series.gaps[column].join(having, on="server_id", how="semi")
        yield _continuity(column, gaps, step, evidence.limits.max_gap)


def _presence(column: str, having: pl.DataFrame, limit: float, note: str) -> Finding:
    rows, present = (int(having[name].sum()) for name in ("rows", "present"))
    missing = 1 - present / rows if rows else 1.0
    is_good = missing <= limit
    worst = having.with_columns(missing=1 - pl.col("present") / pl.col("rows"))
    named = worst_first(worst.filter((pl.col("missing") > limit) & (not is_good)), "missing")
    finding = Finding(
        PRESENCE.name,
        column,
        Verdict.PASS if is_good else Verdict.FAIL,
        f"{1 - missing:.2%}",
        f"{1 - limit:.2%}",
        missing,
        limit,
        "missing",
        "; ".join(filter(None, [note, said(named, _lacking)])),
    )
    return finding.naming(servers=named["server_id"], columns=[column])


def _lacking(row: Mapping[str, Any]) -> str:
    return f"{row['server_id']} lacks {row['missing']:.1%}"


def _continuity(column: str, gaps: pl.DataFrame, step: timedelta, limit: timedelta) -> Finding:
    longest = step * max(gaps["longest"].to_list(), default=0)
    wrong = worst_first(gaps.filter(pl.col("longest") > limit // step), "longest")

    def gap(row: Mapping[str, Any]) -> str:
        return (
            f"{row['server_id']} has none for {_time(step * row['longest'])} from {row['since']} on"
        )

    finding = Finding(
        CONTINUITY.name,
        column,
        Verdict.FAIL if wrong.height else Verdict.PASS,
        _time(longest),
        f"at most {_time(limit)}",
        longest / timedelta(hours=1),
        limit / timedelta(hours=1),
        "hours",
        said(wrong, gap),
        {"gaps": float(gaps["gaps"].sum()), "servers": float(gaps.height)},
    )
    return finding.naming(servers=wrong["server_id"], columns=[column])


def _time(length: timedelta) -> str:
    hours = length / timedelta(hours=1)
    return f"{hours / 24:.3g} days" if hours >= 48 else f"{hours:.3g} h"


MEASUREMENT = Measurement((PRESENCE, CONTINUITY), presence_findings, needs=Evidence.has_series)
