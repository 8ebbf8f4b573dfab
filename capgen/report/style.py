"""How the report looks: one colour an archetype, and charts in the ink of the page around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# M. Okabe and K. Ito, "Color universal design" (2008), without black and in an order that tells the
# first ones apart on light and on dark paper.
OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b5a900")
INK = "#1d232b"
PAPER = "#ffffff"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"


def colours_of(archetypes: Sequence[str]) -> dict[str, str]:
    """Return a colour for each archetype.

    Args:
        archetypes: in the configuration's order; from the eighth on colours come again.
    """
    return {name: OKABE_ITO[position % len(OKABE_ITO)] for position, name in enumerate(archetypes)}


def chart_config(ink: str, font: str) -> dict[str, Any]:
    """Return what all charts have in common, as Vega-Lite's `config`.

    Args:
        ink: a colour, or `currentColor` for that of the page.
        font: names of fonts.
    """
    words = {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    lines = {
        "domainColor": ink,
        "tickColor": ink,
        "gridColor": ink,
        "gridOpacity": 0.12,
        "domainOpacity": 0.5,
    }
    return {
        "font": font,
        "background": None,
        "view": {"stroke": None},
        "axis": {
            **words,
            **lines,
            "tickOpacity": 0.5,
            "labelPadding": 4,
            "titleFontWeight": 500,
            "labelFlush": False,
        },
        "legend": {
            **words,
            "orient": "top",
            "title": None,
            "symbolSize": 90,
            "symbolStrokeWidth": 2.5,
            "symbolOpacity": 1,
        },
        "header": words,
        "title": {"color": ink, "fontSize": 13, "fontWeight": 600, "anchor": "start", "offset": 8},
        "line": {"strokeWidth": 1.8},
        "rule": {"color": ink},
        "text": {"color": ink, "fontSize": 12},
        "tick": {"color": ink},
    }
