"""The page: one HTML file that holds its charts, their data, and the library that draws them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from capgen.dataset.manifest_base import ManifestBase
from capgen.quality.outcome import Report
from capgen.report.captions import Captions
from capgen.report.head import (
    ACCOUNT,
    ACCOUNT_HEADINGS,
    TITLES,
    VERDICT_HEADINGS,
    VERDICTS,
    Cells,
    account_cells,
    composition,
    facts,
    headroom_cells,
    verdict_cells,
)
from capgen.report.rows import places
from capgen.report.style import colours_of
from capgen.report.tables import WHOLE_FLEET, Tables

_WIDE = {"utilisation", "growth", "quality"}
_VERDICT_CLASSES = {"pass": "pass", "fail": "fail", "not testable": "untestable"}


class Table(NamedTuple):
    """A table below a chart.

    Args:
        title: stands above it.
        headings: of the columns.
        cells: row by row.
        numbers: headings of the columns that hold numbers.
    """

    title: str
    headings: Sequence[str]
    cells: Cells
    numbers: Set[str]


class Panel(NamedTuple):
    """A chart with its words.

    Args:
        name: of the chart.
        title: stands above it.
        caption: its main finding, for all servers and the first metric.
        is_wide: whether it takes the page's whole width.
        least_width: in pixels, so that the chart's words do not meet.
        tables: stand below it.
    """

    name: str
    title: str
    caption: str
    is_wide: bool
    least_width: int
    tables: Sequence[Table]


def page_text(
    title: str,
    manifest: ManifestBase,
    tables: Tables,
    report: Report,
    specs: Mapping[str, Mapping[str, Any]],
    captions: Captions,
    library: str,
) -> str:
    """Return the page.

    Args:
        title: of the page.
        manifest: of the dataset.
        tables: the report's tables.
        report: the outcome of a check.
        specs: of the charts, by panel.
        captions: of the charts.
        library: JavaScript that gives `vegaEmbed`.
    """
    return (
        environment()
        .get_template("page.html")
        .render(
            title=title,
            facts=facts(manifest, tables),
            fleet=composition(tables),
            colours=colours_of(tables.archetypes),
            metrics=tables.labels,
            archetypes=tables.archetypes,
            panels=_panels(specs, captions[WHOLE_FLEET], tables, _below(manifest, tables, report)),
            verdict_classes=_VERDICT_CLASSES,
            version=manifest.capgen_version,
            specs=embedded(specs),
            captions=embedded(captions),
            style=trusted(part("page.css")),
            script=trusted(part("page.js")),
            library=trusted(library),
            zip=zip,
        )
    )


def environment() -> Environment:
    """Return what fills templates: it escapes all that is not marked as trusted."""
    return Environment(
        loader=FunctionLoader(part),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def part(name: str) -> str:
    """Return a file of the page.

    Args:
        name: of the file.
    """
    return (files("capgen.report") / name).read_text(encoding="utf-8")


def embedded(value: Any) -> Markup:
    """Write JSON that cannot end the script element it stands in.

    Args:
        value: plain data.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return trusted(text.replace("<", "\\u003c"))


def trusted(text: str) -> Markup:
    """Mark text of ours, in which no name of the user's stands unescaped.

    Args:
        text: HTML, a style or a script.
    """
    return Markup(text)  # noqa: S704


def _panels(
    names: Iterable[str],
    captions: Mapping[str, Sequence[str]],
    tables: Tables,
    below: Mapping[str, Sequence[Table]],
) -> Iterator[Panel]:
    for name in names:
        yield Panel(
            name=name,
            title=TITLES[name],
            caption=captions[name][0],
            is_wide=name in _WIDE,
            least_width=_least_width(name, tables),
            tables=below.get(name, ()),
        )


def _below(manifest: ManifestBase, tables: Tables, report: Report) -> dict[str, Sequence[Table]]:
    """Return the tables that stand below charts, by panel."""
    account = account_cells(manifest)
    accounts = [Table(ACCOUNT, ACCOUNT_HEADINGS, account, {"how often"})] if account else []
    return {"growth": [_headroom_table(tables)], "quality": [_verdict_table(report), *accounts]}


def _least_width(name: str, tables: Tables) -> int:
    """Return the width, in pixels, in which the words of a chart do not meet."""
    widths = {
        "effects": 60 + 34 * len(places(tables)),
        "quality": 140 + 3 * max(42 * len(tables.archetypes), 126),
    }
    return widths.get(name, 0)


def _headroom_table(tables: Tables) -> Table:
    since = tables.headroom_since
    until = tables.headroom_until
    return Table(
        title=f"Headroom: the ceiling less the 95th percentile of {since} to {until}",
        headings=["archetype", *tables.labels],
        cells=headroom_cells(tables),
        numbers=set(tables.labels),
    )


def _verdict_table(report: Report) -> Table:
    return Table(
        title=VERDICTS,
        headings=VERDICT_HEADINGS,
        cells=verdict_cells(report),
        numbers={"measured", "expected"},
    )
