"""The dashboard's page without its drawings, which take many seconds."""

from __future__ import annotations

from pathlib import Path

from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.manifest_base import ManifestBase
from capgen.quality.check import check
from capgen.quality.outcome import Report
from capgen.quality.source import open_source
from capgen.report.captions import captions
from capgen.report.page import page_text
from capgen.report.rows import chart_rows
from capgen.report.tables import Tables, read_tables


def page_of(folder: Path, title: str, *panels: str, checked: Report | None = None) -> str:
    """Return the page of a dataset as HTML, with some panels, whose charts are empty."""
    with open_source(folder, None) as source:
        tables = read_tables(source)
    return undrawn(title, read_any_manifest(folder), tables, checked or check(folder), *panels)


def undrawn(
    title: str, manifest: ManifestBase, tables: Tables, report: Report, *panels: str
) -> str:
    charts: dict[str, dict[str, object]] = {name: {} for name in panels}
    words = captions(tables, report, chart_rows(tables, report))
    return page_text(title, manifest, tables, report, charts, words, "")
