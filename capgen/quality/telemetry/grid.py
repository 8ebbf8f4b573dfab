"""The rules `unique_keys` and `grid`: each server has every step of its own span once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from capgen.quality.evidence.evidence import KEYS, Evidence
from capgen.quality.evidence.suspects import look_at
from capgen.quality.exact.keys import UNIQUE_KEYS
from capgen.quality.findings import Finding, exact
from capgen.quality.rule import EVERY_ROW, Measurement, Rule, reads_measured
from capgen.quality.telemetry.naming import said
from capgen.words import counted

GRID = Rule(
    "grid",
    "Telemetry: every server has a row for each step from its first to its last, and no other.",
    EVERY_ROW,
    "servers at fault",
    is_about_rows=True,
)


def grid_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield which servers have a step twice, and which lack steps or have rows between them.

    Args:
        evidence: the evidence of a dataset without a model.
    """
    spans = evidence.series.spans
    suspects = spans.filter("differs").sort("server_id")
    found, rest = look_at(evidence.source, suspects)
    repeated = found.filter(pl.col("repeated") > 0)
    counted = rest.filter(pl.col("timestamps") > pl.col("steps"))
    yield _finding(UNIQUE_KEYS, repeated, counted, spans.height, _repeated)
    wrong = found.filter((pl.col("missing") > 0) | (pl.col("strange") > 0))
    counted = rest.filter(pl.col("timestamps") <= pl.col("steps"))
    yield _finding(GRID, wrong, counted, spans.height, _missing)


def _finding(
    rule: Rule,
    seen: pl.DataFrame,
    counted: pl.DataFrame,
    servers: int,
    say: Callable[[Mapping[str, Any]], str],
) -> Finding:
    ids = [*seen["server_id"], *counted["server_id"]]
    return exact(rule.name, len(ids), servers, "servers", said(seen, say)).naming(servers=ids)


def _repeated(row: Mapping[str, Any]) -> str:
    return f"{row['server_id']} has {row['first_repeated']} more than once"


def _missing(row: Mapping[str, Any]) -> str:
    steps = counted(row["missing"], "step")
    missing = f"{row['server_id']} lacks {steps} from {row['first_missing']} on"
    strange = counted(row["strange"], "row")
    return f"{missing}, and has {strange} between steps" if row["strange"] else missing


MEASUREMENT = Measurement((UNIQUE_KEYS, GRID), grid_findings, needs=reads_measured(*KEYS))
