"""The dashboard's page without its drawings, which take many seconds."""

from __future__ import annotations

from pathlib import Path

from capgen.dataset.any_manifest import read_any_manifest
from capgen.quality.check import check
from capgen.quality.outcome import Report
from capgen.quality.source import open_source
from capgen.report.captions import captions
from capgen.report.page import page_text
from capgen.report.rows import chart_rows
from capgen.report.tables import read_tables


def page_of(folder: Path, title: str, *panels: str, checked: Report | None = None) -> str:
    """Return the page of a dataset as HTML, with some panels, whose charts are empty."""
    with open_source(folder, None) as source:
        tables = read_tables(source)
    report = checked or check(folder)
    charts: dict[str, dict[str, object]] = {name: {} for name in panels}
    words = captions(tables, report, chart_rows(tables, report))
    return page_text(title, read_any_manifest(folder), tables, report, charts, words, "")
