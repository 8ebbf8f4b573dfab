"""The charts of a comparison, as Vega-Lite: one colour a panel."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from capgen.report.style import OKABE_ITO, chart_config
from capgen.twins.compare.sketch import Sketch

_COLUMNS = 4
TITLES = {
    "values": "Values: share of each metric's values",
    "memory": "Memory: autocorrelation in the middle of the servers",
    "week": "The week: mean by hour from Monday",
    "pairs": "Metrics together: correlation in the middle of the servers",
    "servers": "A few servers, side by side",
}


def chart_specs(found: Sketch, ink: str, font: str) -> dict[str, dict[str, Any]]:
    """Return the charts by name.

    Args:
        found: what is shown of the panels.
        ink: colour of words and lines.
        font: names of fonts.
    """
    charts = {
        "values": _by_metric(found.values, _line("value:Q", "share:Q", "step-after")),
        "memory": _by_metric(found.memory, _line("hours:O", "correlation:Q")),
        "week": _by_metric(found.week, _line("hour:Q", "mean:Q")),
        "pairs": _pairs(found.pairs),
        "servers": _servers(found.servers),
    }
    specs = {}
    for name, chart in charts.items():
        spec: dict[str, Any] = chart.to_dict()
        specs[name] = {**spec, "config": chart_config(ink, font), "description": TITLES[name]}
    return specs


def _colour() -> alt.Color:
    return alt.Color("panel:N", sort=None, scale=alt.Scale(range=list(OKABE_ITO)))


def _line(x: str, y: str, interpolate: Any = "linear") -> alt.Chart:
    points = alt.OverlayMarkDef(size=25) if x.startswith("hours") else False
    scale = alt.Scale(zero=False)
    chart: alt.Chart = (
        alt.Chart()
        .mark_line(interpolate=interpolate, point=points, tooltip=True)
        .encode(alt.X(x, title=None), alt.Y(y, title=None, scale=scale), _colour())
        .properties(width=300, height=160)
    )
    return chart


def _rows(frame: pl.DataFrame) -> alt.InlineData:
    return alt.InlineData(values=frame.to_dicts())


def _by_metric(frame: pl.DataFrame, chart: alt.Chart) -> alt.FacetChart:
    faceted = chart.facet(
        alt.Facet("metric:N", sort=None, title=None), data=_rows(frame), columns=_COLUMNS
    )
    resolved: alt.FacetChart = faceted.resolve_scale(x="independent", y="independent")
    return resolved


def _pairs(frame: pl.DataFrame) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(_rows(frame))
        .mark_point(filled=True, size=70, tooltip=True)
        .encode(
            alt.X("correlation:Q", title=None),
            alt.Y("pair:N", sort=None, title=None),
            _colour(),
        )
        .properties(width=600)
    )
    return chart


def _servers(frame: pl.DataFrame) -> alt.FacetChart:
    first = frame.filter(pl.col("metric") == frame["metric"][0])
    hours = pl.int_range(pl.len()).over("panel", "server")
    shown = first.with_columns(step=hours).drop("timestamp")
    chart = (
        alt.Chart()
        .mark_line(strokeWidth=1, tooltip=True)
        .encode(alt.X("step:Q", title="step"), alt.Y("value:Q", title=None), _colour())
        .properties(width=420, height=120)
    )
    faceted = chart.facet(
        row=alt.Row("panel:N", sort=None, title=None),
        column=alt.Column("server:N", sort=None, title=first["metric"][0]),
        data=_rows(shown),
    )
    resolved: alt.FacetChart = faceted.resolve_scale(y="independent")
    return resolved
