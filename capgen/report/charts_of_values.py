"""The charts of values: distributions, correlations, the rhythm of the week, quality."""

from __future__ import annotations

import altair as alt

from capgen.quality.expected.dynamic import is_dynamic
from capgen.report.pieces import (
    ONE_ARCHETYPE,
    VALUE,
    Drawn,
    colour,
    metric_title,
    rows_of_metric,
    zoom,
)
from capgen.report.tables import Tables

_WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WHATS = ["missing", "at the lower clip", "at the upper clip"]


def distribution(tables: Tables) -> Drawn:
    """Return the histogram of the values.

    Args:
        tables: the report's tables.
    """
    base = (
        rows_of_metric("distribution", "datum.values[metric] || 0")
        .transform_calculate(
            start="firsts[metric] + datum.bin * widths[metric]",
            stop="firsts[metric] + (datum.bin + 1) * widths[metric]",
        )
        .encode(
            alt.X("start:Q", title=None, scale=alt.Scale(zero=False, nice=False)),
            alt.Y("value:Q", title="share of values", axis=alt.Axis(format="~%"), stack=None),
            colour(tables),
            tooltip=[
                alt.Tooltip("archetype:N"),
                alt.Tooltip("start:Q", title="from", format=",.4~g"),
                alt.Tooltip("stop:Q", title="to", format=",.4~g"),
                alt.Tooltip("value:Q", title="share", format=".2~%"),
            ],
        )
    )
    areas = base.mark_area(interpolate="step-after", opacity=0.14, clip=True)
    lines = base.mark_line(interpolate="step-after", clip=True).add_params(zoom())
    return alt.layer(areas, lines, title=metric_title("Values of "))


def correlation(tables: Tables) -> Drawn:
    """Return the correlation of each pair of metrics, measured beside configured.

    Args:
        tables: the report's tables.
    """
    base = (
        alt.Chart(alt.NamedData("correlation"))
        .transform_filter(ONE_ARCHETYPE)
        .encode(
            y=alt.Y("pair:N", title=None, sort=None, axis=alt.Axis(grid=True, labelLimit=260)),
            yOffset=alt.YOffset("archetype:N", sort=tables.archetypes),
            tooltip=[
                alt.Tooltip("archetype:N"),
                alt.Tooltip("pair:N"),
                alt.Tooltip("target:Q"),
                alt.Tooltip("measured:Q"),
                alt.Tooltip("verdict:N"),
            ],
        )
    )
    what = "residuals" if is_dynamic(tables.config) else "the noise"
    title = f"Correlation of {what}, by pair of metrics"
    scale = alt.Scale(padding=10)
    x = alt.X("measured:Q", title="● measured, | target", scale=scale)
    colours = colour(tables)
    both = base.transform_filter("isValid(datum.measured) && isValid(datum.target)")
    bars = both.mark_rule(strokeWidth=2, opacity=0.6).encode(x, colours, x2=alt.X2("target:Q"))
    targets = (
        base.transform_filter("isValid(datum.target)")
        .mark_tick(thickness=2.5, size=13, opacity=0.9)
        .encode(x=alt.X("target:Q", scale=scale))
    )
    dots = both.mark_circle(size=65, opacity=1).encode(x, colours)
    return alt.layer(bars, targets, dots, title=title)


def rhythm(tables: Tables) -> Drawn:
    """Return the mean by weekday, and by hour or month, as a heat map.

    Args:
        tables: the report's tables.
    """
    months = f"{_MONTHS}[datum.part - 1]"
    hours = "(datum.part < 10 ? '0' : '') + datum.part + ':00'"
    what, names = ("month", months) if tables.is_daily else ("hour", hours)
    cells = (
        alt.Chart(alt.NamedData("heat_map"))
        .transform_filter("datum.archetype === archetype")
        .transform_calculate(value=VALUE, name=names, day=f"{_WEEKDAYS}[datum.weekday]")
        .mark_rect(tooltip=True)
        .encode(
            alt.X(
                "name:O",
                title=None,
                sort=alt.SortField("part"),
                axis=alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=6),
            ),
            alt.Y("day:O", title=None, sort=_WEEKDAYS),
            alt.Color(
                "value:Q",
                scale=alt.Scale(scheme="viridis", zero=False),
                legend=alt.Legend(
                    title="mean", orient="right", gradientLength=alt.ExprRef("height")
                ),
            ),
            tooltip=[
                alt.Tooltip("day:O", title="weekday"),
                alt.Tooltip("name:O", title=what),
                alt.Tooltip("value:Q", title="mean", format=",.4~g"),
            ],
        )
    )
    title = alt.TitleParams(
        alt.ExprRef(
            "'Mean ' + labels[metric] + ', ' + (archetype === '' ? 'all servers' : archetype)"
        )
    )
    return alt.layer(cells, title=title)


def quality(tables: Tables) -> Drawn:
    """Return the missing and the clipped share of each metric.

    Args:
        tables: the report's tables.
    """
    base = (
        alt.Chart(alt.NamedData("quality"))
        .transform_filter(ONE_ARCHETYPE)
        .encode(
            alt.X(
                "what:N",
                title=None,
                sort=_WHATS,
                axis=alt.Axis(labelAngle=0, orient="top", labelFontWeight=600),
            ),
            alt.Y("metric:N", title=None, sort=tables.labels, axis=alt.Axis(labelLimit=260)),
            alt.XOffset("archetype:N", sort=tables.archetypes),
            tooltip=[
                alt.Tooltip("archetype:N"),
                alt.Tooltip("metric:N"),
                alt.Tooltip("what:N"),
                alt.Tooltip("share:Q", format=".3~%"),
            ],
        )
    )
    shade = alt.Opacity(
        "share:Q", scale=alt.Scale(type="sqrt", domain=[0, 1], range=[0.12, 1]), legend=None
    )
    cells = base.mark_rect().encode(colour(tables), shade)
    shown = "datum.share === 0 ? '0' : datum.share < 0.0005 ? '<0.1%' : format(datum.share, '.1~%')"
    words = (
        base.transform_calculate(shown=shown)
        .mark_text(fontSize=11)
        .encode(text=alt.Text("shown:N"))
    )
    return alt.layer(cells, words, title="Share of the values, by metric and archetype")
