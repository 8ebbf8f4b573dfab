"""Draws the page and the picture of a comparison."""

from __future__ import annotations

from collections.abc import Iterator

import vl_convert

from capgen.report.beside.charts import TITLES, chart_specs
from capgen.report.drawing import PIXELS, vega_lite_version
from capgen.report.page import embedded, environment, part, trusted
from capgen.report.picture import (
    FONT,
    Block,
    chart_block,
    inner_width,
    picture_svg,
    stacked,
    table_block,
    titled,
    words_block,
)
from capgen.report.style import FONT as PAGE_FONT
from capgen.report.style import INK
from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.sketch import Sketch
from capgen.version import __version__


def draw(found: Comparison, shown: Sketch) -> tuple[str, bytes]:
    """Draw the page and the picture.

    Args:
        found: the outcome of a comparison.
        shown: what to show of the panels.

    Returns:
        The page as HTML, the picture as PNG.
    """
    library = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=vega_lite_version()
    )
    specs = chart_specs(shown, "currentColor", PAGE_FONT)
    page = (
        environment()
        .get_template("beside/page.html")
        .render(
            title=_title(found),
            sentences=list(_sentences(found)),
            headings=_headings(found),
            rows=list(_rows(found)),
            charts=TITLES,
            version=__version__,
            specs=embedded(specs),
            style=trusted(part("page.css")),
            library=trusted(library),
        )
    )
    picture = vl_convert.svg_to_png(picture_svg(_blocks(found, shown)), scale=PIXELS)
    return page, picture


def _title(found: Comparison) -> str:
    names = ", ".join(outcome.name for outcome in found.outcomes)
    return f"capgen compare: {names} beside {found.reference}"


def _sentences(found: Comparison) -> Iterator[str]:
    for outcome in found.outcomes:
        yield f"{outcome.name}: {outcome.ratio:.2f} × the floor of {found.reference}"
        for worst in outcome.worst:
            yield worst.says
        for row in outcome.copies:
            yield f"copies: {row.measure.name} {row.value:.2f}, {row.floor:.2f} in other real data"


def _headings(found: Comparison) -> list[str]:
    heads = ["measure", "floor"]
    for outcome in found.outcomes:
        heads += [outcome.name, "ratio"]
    return heads


def _rows(found: Comparison) -> Iterator[list[str]]:
    of_candidates = [{row.measure.name: row for row in each.rows} for each in found.outcomes]
    for row in found.outcomes[0].rows:
        cells = [row.measure.name, f"{row.floor:.3f}"]
        for rows in of_candidates:
            other = rows.get(row.measure.name)
            cells += ["", ""] if other is None else [f"{other.value:.3f}", f"{other.ratio:.2f}"]
        yield cells


def _blocks(found: Comparison, shown: Sketch) -> Iterator[Block]:
    width = inner_width(1)
    headings = _headings(found)
    shares = [0.2, *[0.8 / (len(headings) - 1)] * (len(headings) - 1)]
    yield words_block([_title(found)], width, size=24, bold=True)
    yield words_block(list(_sentences(found)), width)
    yield table_block(headings, list(_rows(found)), shares, width)
    for name, spec in chart_specs(shown, INK, FONT).items():
        svg = vl_convert.vegalite_to_svg(spec, vl_version=vega_lite_version())
        yield titled(TITLES[name], "", stacked([chart_block(svg, f"{name}-")]), width)
