"""What stands above the charts: the manifest's facts, the fleet's parts, and tables of words."""

from __future__ import annotations

import polars as pl

from capgen.dataset.manifest_base import ManifestBase
from capgen.quality.findings import Finding, figure
from capgen.quality.outcome import Report
from capgen.report.caption_pieces import shown
from capgen.report.tables import Tables
from capgen.words import counted

Cells = list[list[str]]
_MOST_NAMES = 12
_ATTRIBUTES = ("archetype", "region", "criticality", "business unit")

VERDICTS = "Verdicts of the check"
VERDICT_HEADINGS = ("rule", "verdict", "measured", "expected", "what, where and why")
ACCOUNT = "What loading found and did"
ACCOUNT_HEADINGS = ("what", "where", "how often", "in words")
_MOST_LINES = 15

TITLES = {
    "utilisation": "Utilisation over time",
    "distribution": "Distribution of values",
    "correlation": "Correlation, measured against configured",
    "rhythm": "Rhythm of the week",
    "effects": "Quarter-end ramp and holiday dip",
    "growth": "Growth and headroom",
    "quality": "Quality",
}


def facts(manifest: ManifestBase, tables: Tables) -> list[tuple[str, str]]:
    """Return what a dataset is, as names and values.

    Args:
        manifest: of the dataset.
        tables: the report's tables.
    """
    return [
        ("rows", f"{manifest.rows:,}"),
        ("servers", f"{sum(manifest.fleet.values()):,}"),
        ("window", f"{tables.described.first_day} to {tables.described.last_day}"),
        ("granularity", manifest.granularity),
        ("cite", manifest.citation),
    ]


def composition(tables: Tables) -> dict[str, list[tuple[str, int]]]:
    """Return the numbers of servers by what they are.

    Args:
        tables: the report's tables.
    """
    there = tables.fleet["attribute"].unique(maintain_order=True).to_list()
    usual = [attribute for attribute in _ATTRIBUTES if attribute in there]
    return {attribute: _counts(tables, attribute) for attribute in dict.fromkeys([*usual, *there])}


def _counts(tables: Tables, attribute: str) -> list[tuple[str, int]]:
    """Return the largest groups of servers, and how many are in the others."""
    counts = tables.fleet.filter(pl.col("attribute") == attribute).select("name", "servers")
    rest = counts[_MOST_NAMES:]
    few: list[tuple[str, int]] = counts[:_MOST_NAMES].rows()
    others = [(counted(rest.height, "other"), int(rest["servers"].sum()))] if rest.height else []
    return [*few, *others]


def verdict_cells(report: Report) -> Cells:
    """Return a row for each rule: name, verdict, measured, expected, note.

    Args:
        report: the outcome of a check.
    """
    return [
        [
            rule.name,
            str(rule.verdict),
            figure(rule.worst.measured),
            figure(rule.worst.expected),
            _note(rule.worst),
        ]
        for rule in report.rules
    ]


def _note(finding: Finding) -> str:
    return ": ".join(part for part in (finding.subject, finding.note) if part)


def account_cells(manifest: ManifestBase) -> Cells:
    """Return a row for each of the main lines of what loading found and mended.

    Args:
        manifest: of the dataset.
    """
    return manifest.account_cells[:_MOST_LINES]


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


def _ceilings(tables: Tables) -> list[tuple[str, float | None]]:
    return list(zip(tables.columns, tables.ceilings, strict=True))


def _left(p95: float | None, ceiling: float | None) -> str:
    if p95 is None:
        return "–"
    if ceiling is None:
        return f"no ceiling; 95 % lie below {shown(p95)}"
    return f"{shown(ceiling - p95)} of {shown(ceiling)}"
