"""What stands above the charts: the manifest's facts, the fleet's parts, and tables of words."""

from __future__ import annotations

import polars as pl

from capgen.dataset.manifest import Manifest
from capgen.quality.findings import Finding
from capgen.quality.outcome import Report
from capgen.report.caption_pieces import shown
from capgen.report.rows import ceilings
from capgen.report.tables import Tables

Cells = list[list[str]]
_ATTRIBUTES = ("archetype", "region", "criticality", "business unit")

TITLES = {
    "utilisation": "Utilisation over time",
    "distribution": "Distribution of values",
    "correlation": "Correlation, measured against configured",
    "rhythm": "Rhythm of the week",
    "effects": "Quarter-end ramp and holiday dip",
    "growth": "Growth and headroom",
    "quality": "Quality",
}


def facts(manifest: Manifest, tables: Tables) -> list[tuple[str, str]]:
    """Return what a dataset is, as names and values.

    Args:
        manifest: of the dataset.
        tables: the report's tables.
    """
    return [
        ("rows", f"{manifest.rows:,}"),
        ("servers", f"{sum(manifest.servers.values()):,}"),
        ("window", f"{tables.config.start_date} to {tables.config.end_date}"),
        ("granularity", manifest.granularity),
        ("cite", manifest.citation),
    ]


def composition(tables: Tables) -> dict[str, list[tuple[str, int]]]:
    """Return the numbers of servers by what they are.

    Args:
        tables: the report's tables.
    """
    return {
        attribute: tables.fleet.filter(pl.col("attribute") == attribute)
        .select("name", "servers")
        .rows()
        for attribute in _ATTRIBUTES
    }


def verdict_cells(report: Report) -> Cells:
    """Return a row for each rule: name, verdict, measured, expected, note.

    Args:
        report: the outcome of a check.
    """
    return [
        [
            rule.name,
            str(rule.verdict),
            _shown(rule.worst.measured),
            _shown(rule.worst.expected),
            _note(rule.worst),
        ]
        for rule in report.rules
    ]


def _shown(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,.4g}"


def _note(finding: Finding) -> str:
    return ": ".join(part for part in (finding.subject, finding.note) if part)


def headroom_cells(tables: Tables) -> Cells:
    """Return a row for each archetype: its name, then the headroom of each metric.

    Headroom is what the 95th percentile leaves below the ceiling.

    Args:
        tables: the report's tables.
    """
    found = {(kind, metric): p95 for kind, metric, p95 in tables.headroom.rows()}
    rows = []
    for archetype in tables.archetypes:
        left = [_left(found.get((archetype, key)), top) for key, top in _ceilings(tables)]
        rows.append([archetype, *left])
    return rows


def _ceilings(tables: Tables) -> list[tuple[str, float]]:
    return list(zip(tables.columns, ceilings(tables), strict=True))


def _left(p95: float | None, ceiling: float) -> str:
    return "–" if p95 is None else f"{shown(ceiling - p95)} of {shown(ceiling)}"
