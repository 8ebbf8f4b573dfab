"""Draws the page and the picture of a dataset; no other module asks vl-convert for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

from capgen.dataset.manifest_base import ManifestBase
from capgen.quality.outcome import Report
from capgen.report.captions import Captions, captions
from capgen.report.charts import Charts, shown_charts
from capgen.report.head import (
    ACCOUNT,
    ACCOUNT_HEADINGS,
    TITLES,
    VERDICT_HEADINGS,
    VERDICTS,
    account_cells,
    composition,
    facts,
    headroom_cells,
    verdict_cells,
)
from capgen.report.page import page_text
from capgen.report.picture import (
    FONT,
    Block,
    beside,
    chart_block,
    inner_width,
    picture_svg,
    rows_of,
    stacked,
    table_block,
    titled,
    words_block,
)
from capgen.report.rows import chart_rows
from capgen.report.style import FONT as PAGE_FONT
from capgen.report.style import INK
from capgen.report.tables import WHOLE_FLEET, Tables

_HEIGHTS = {"utilisation": 340, "quality": 260}
_MOST_BESIDE = 5
PIXELS = 1.25  # of the PNG for each of the SVG


def draw(title: str, manifest: ManifestBase, tables: Tables, report: Report) -> tuple[str, bytes]:
    """Draw a dataset's page and picture.

    Args:
        title: of both.
        manifest: of the dataset.
        tables: the report's tables.
        report: the outcome of a check.

    Returns:
        The page as HTML, the picture as PNG.
    """
    rows = chart_rows(tables, report)
    words = captions(tables, report, rows)
    charts = Charts(tables, rows)
    specs = {name: _page_spec(charts, name, words) for name in shown_charts(tables)}
    library = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=vega_lite_version()
    )
    page = page_text(title, manifest, tables, report, specs, words, library)
    svg = picture_svg(_blocks(title, manifest, tables, report, charts, words))
    return page, vl_convert.svg_to_png(svg, scale=PIXELS)


def vega_lite_version() -> str:
    """Return the version of Vega-Lite that Altair writes for, where vl-convert has it."""
    wanted = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
    known = vl_convert.get_vegalite_versions()
    return wanted if wanted in known else known[-1]


def _page_spec(charts: Charts, name: str, words: Captions) -> dict[str, Any]:
    size = ("container", _HEIGHTS.get(name, 300))
    spec = charts.spec(name, ink="currentColor", font=PAGE_FONT, size=size)
    return {**spec, "description": words[WHOLE_FLEET][name][0]}


def _blocks(
    title: str,
    manifest: ManifestBase,
    tables: Tables,
    report: Report,
    charts: Charts,
    words: Captions,
) -> list[Block]:
    whole = inner_width(1)
    half = inner_width(2)

    def chart(name: str, width: int, height: int, metric: int = 0, archetype: str = "") -> Block:
        size = (width, height)
        spec = charts.spec(name, ink=INK, font=FONT, metric=metric, archetype=archetype, size=size)
        mark = f"{name}-{metric}-{tables.archetypes.index(archetype) if archetype else 'all'}-"
        return chart_block(vl_convert.vegalite_to_svg(spec, vl_version=vega_lite_version()), mark)

    def panel(name: str, block: Block, width: int) -> Block:
        return titled(TITLES[name], words[WHOLE_FLEET][name][0], block, width)

    def multiples(name: str, height: int) -> Block:
        shown = [{"metric": each} for each in range(len(tables.columns))]
        return _side_by_side(name, height, shown, chart)

    fleet = [{"archetype": each} for each in ("", *tables.archetypes)]
    configured = [name for name in ("correlation", "effects") if name in shown_charts(tables)]
    pairs = [panel(name, chart(name, half, 340), half) for name in configured]
    return [
        _head(title, manifest, tables),
        panel("utilisation", chart("utilisation", whole, 320), whole),
        panel("distribution", multiples("distribution", 210), whole),
        *([beside(pairs, half)] if pairs else []),
        panel(
            "rhythm",
            _side_by_side("rhythm", 200, fleet if len(fleet) > 2 else fleet[1:], chart),
            whole,
        ),
        panel(
            "growth", stacked([multiples("growth", 220), _headroom(tables, whole)], gap=16), whole
        ),
        panel("quality", chart("quality", whole, 40 * len(tables.columns)), whole),
        _verdicts(report, whole),
        *_account(manifest, whole),
    ]


def _side_by_side(
    name: str, height: int, shown: Sequence[Mapping[str, Any]], chart: Callable[..., Block]
) -> Block:
    """Draw a chart several times, in rows of about the same length."""
    number = -(-len(shown) // -(-len(shown) // _MOST_BESIDE))
    drawn = [chart(name, inner_width(number), height, **each) for each in shown]
    return stacked(rows_of(drawn, number), gap=14)


def _head(title: str, manifest: ManifestBase, tables: Tables) -> Block:
    whole = inner_width(1)
    what = " · ".join(f"{name} {value}" for name, value in facts(manifest, tables))
    fleet = [
        f"servers by {attribute}: " + ", ".join(f"{name} {count:,}" for name, count in found)
        for attribute, found in composition(tables).items()
    ]
    return stacked(
        [
            words_block([title], whole, size=28, bold=True),
            words_block([what], whole),
            words_block(fleet, whole),
        ]
    )


def _headroom(tables: Tables, width: int) -> Block:
    days = f"{tables.headroom_since} to {tables.headroom_until}"
    title = f"Headroom: ceiling less 95th percentile, {days}"
    headings = ["archetype", *tables.columns]
    shares = [1 / len(headings)] * len(headings)
    return stacked(
        [
            words_block([title], width, size=15, bold=True),
            table_block(headings, headroom_cells(tables), shares, width),
        ],
        gap=12,
    )


def _account(manifest: ManifestBase, width: int) -> Iterator[Block]:
    cells = account_cells(manifest)
    if cells:
        table = table_block(ACCOUNT_HEADINGS, cells, [0.12, 0.18, 0.1, 0.6], width)
        yield stacked([words_block([ACCOUNT], width, size=15, bold=True), table])


def _verdicts(report: Report, width: int) -> Block:
    shares = [0.13, 0.09, 0.12, 0.12, 0.54]
    table = table_block(VERDICT_HEADINGS, verdict_cells(report), shares, width)
    return stacked([words_block([VERDICTS], width, size=15, bold=True), table])
