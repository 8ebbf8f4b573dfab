"""What several charts are made of."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import polars as pl

from capgen.report.style import colours_of
from capgen.report.tables import Tables

Drawn = alt.LayerChart | alt.FacetChart  # what Altair says that layers are

VALUE = "datum.values[metric]"
ONE_ARCHETYPE = "archetype === '' || datum.archetype === archetype"
_WHEEL = "wheel![event.shiftKey]"  # a bare wheel scrolls the page
_NAME_OF_MOMENT = (
    "timeFormat(datum.value, hours(datum.value) ? '%H:%M' : date(datum.value) > 1 ? '%b %d' : "
    "month(datum.value) ? '%b' : '%Y')"
)
_TIME_FORMATS = {
    "hour": "%Y-%m-%d %H:%M",
    "day": "%a %Y-%m-%d",
    "week": "week of %Y-%m-%d",
    "month": "%B %Y",
}
_FEW_DAYS = 14  # are best marked day by day
_DAYS_OF_MONTHS = range(60, 800)  # so many are best marked month by month


def metric_title(prefix: str) -> alt.TitleParams:
    """Return a title that names the chosen metric.

    Args:
        prefix: what stands before the name.
    """
    return alt.TitleParams(alt.ExprRef(f"'{prefix}' + labels[metric]"))


def colour(tables: Tables) -> alt.Color:
    """Return the colours of the archetypes, the same in every chart.

    Args:
        tables: the report's tables.
    """
    colours = colours_of(tables.archetypes)
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("archetype:N", scale=scale, legend=alt.Legend())


def rows_of_metric(name: str, value: str = VALUE) -> alt.Chart:
    """Return a chart of the rows of the chosen archetype, with `value` for the chosen metric.

    Args:
        name: of the rows.
        value: expression for the value.
    """
    return (
        alt.Chart(alt.NamedData(name))
        .transform_filter(ONE_ARCHETYPE)
        .transform_calculate(value=value)
    )


def zoom() -> alt.Parameter:
    """Return what lets a reader move and zoom along the x axis."""
    return alt.selection_interval(name="zoom", bind="scales", encodings=["x"], zoom=_WHEEL)


def moment_tooltip(unit: str) -> alt.Tooltip:
    """Return the line of a tooltip that tells the time.

    Args:
        unit: hour, day, week or month.
    """
    return alt.Tooltip("moment:T", title=unit, format=_TIME_FORMATS[unit])


def time_axis(unit: str, moments: pl.Series, **scale: Any) -> alt.X:
    """Return a time axis whose labels say no more than they must.

    Args:
        unit: hour, day, week or month.
        moments: what the axis shows.
        scale: further settings of its scale.
    """
    days = moments.cast(pl.Date).to_physical()
    span = int(days.max() - days.min()) if days.len() else 0  # type: ignore[operator, arg-type]
    ticks: Literal["day", "month"] | alt.UndefinedType = alt.Undefined
    if unit != "hour" and (span <= _FEW_DAYS or span in _DAYS_OF_MONTHS):
        ticks = "day" if span <= _FEW_DAYS else "month"
    axis = alt.Axis(
        labelExpr=_NAME_OF_MOMENT, labelOverlap="parity", labelSeparation=8, tickCount=ticks
    )
    return alt.X("moment:T", title=None, axis=axis, scale=alt.Scale(**scale))
