"""The charts, as Vega-Lite: seven, and without a configuration five.

Each follows two parameters: `metric` (a position) and `archetype` ('' for all).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from capgen.report.charts_of_time import effects, growth, utilisation
from capgen.report.charts_of_values import correlation, distribution, quality, rhythm
from capgen.report.pieces import Drawn
from capgen.report.rows import Rows
from capgen.report.style import chart_config
from capgen.report.tables import Tables

Spec = dict[str, Any]

CHARTS: dict[str, Callable[[Tables], Drawn]] = {
    "utilisation": utilisation,
    "distribution": distribution,
    "correlation": correlation,
    "rhythm": rhythm,
    "effects": effects,
    "growth": growth,
    "quality": quality,
}
_NEED_MODEL = {"correlation", "effects"}  # they stand beside what is configured
_DATA = {
    "utilisation": ("utilisation", "marks"),
    "distribution": ("distribution",),
    "correlation": ("correlation",),
    "rhythm": ("heat_map",),
    "effects": ("effects", "configured"),
    "growth": ("growth", "headroom"),
    "quality": ("quality",),
}
_WIDTH_OF_A_NAME = 130  # in a legend


def shown_charts(tables: Tables) -> list[str]:
    """Return the names of the charts that can be drawn.

    Args:
        tables: the report's tables.
    """
    return [name for name in CHARTS if tables.model or name not in _NEED_MODEL]


class Charts:
    """The charts of a report, each made once, and shown as often as wanted.

    Args:
        tables: the report's tables.
        rows: what `chart_rows` returns.
    """

    def __init__(self, tables: Tables, rows: dict[str, Rows]) -> None:
        self._rows = rows
        self._metric_parameters = {
            "labels": tables.labels,
            "firsts": tables.bins["first"].to_list(),
            "widths": tables.bins["width"].to_list(),
            "ceilings": tables.ceilings,
        }
        # Tests ask Altair whether they are valid: it takes longer than all else here.
        self._made: dict[str, Spec] = {
            name: CHARTS[name](tables).to_dict(validate=False) for name in shown_charts(tables)
        }

    def spec(
        self,
        name: str,
        *,
        ink: str,
        font: str,
        metric: int = 0,
        archetype: str = "",
        size: tuple[int | str, int] = ("container", 300),
    ) -> Spec:
        """Return the Vega-Lite specification of a chart, with its data.

        Args:
            name: of the panel.
            ink: colour of words and lines.
            font: names of fonts.
            metric: position of the metric to begin with.
            archetype: the one to begin with; empty for all.
            size: width and height of the plot.
        """
        made = self._made[name]
        parameters = {"metric": metric, "archetype": archetype, **self._metric_parameters}
        named = [{"name": key, "value": value} for key, value in parameters.items()]
        config = chart_config(ink, font)
        if isinstance(size[0], int):
            # A legend does not wrap by itself; on the page, the script sees to it.
            config["legend"]["columns"] = max(size[0] // _WIDTH_OF_A_NAME, 1)
        return {
            **made,
            "width": size[0],
            "height": size[1],
            "autosize": {"type": "fit-x", "contains": "padding"},
            "params": [*made.get("params", []), *named],
            "config": config,
            "datasets": {each: self._rows[each] for each in _DATA[name]},
        }
