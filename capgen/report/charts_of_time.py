"""The charts along time: utilisation, quarter ends and holidays, growth."""

from __future__ import annotations

import altair as alt

from capgen.report.pieces import (
    VALUE,
    Drawn,
    colour,
    metric_title,
    moment_tooltip,
    rows_of_metric,
    time_axis,
    zoom,
)
from capgen.report.rows import places
from capgen.report.tables import Tables

_FEW_POINTS = 40
_LEFT = "ceilings[metric] === null ? null : ceilings[metric] - datum.value"


def utilisation(tables: Tables) -> Drawn:
    """Return the mean over time, with quarter ends and holidays marked.

    Args:
        tables: the report's tables.
    """
    few = tables.utilisation["moment"].n_unique() <= _FEW_POINTS
    x = time_axis(tables.unit, tables.utilisation["moment"])
    y = alt.Y("value:Q", title=f"mean by {tables.unit}", scale=alt.Scale(zero=False))
    tooltip = [
        moment_tooltip(tables.unit),
        alt.Tooltip("archetype:N"),
        alt.Tooltip("value:Q", title="mean", format=",.4~g"),
    ]
    lines = rows_of_metric("utilisation").mark_line(point=few, clip=True, tooltip=True)
    drawn = lines.encode(x, y, colour(tables), tooltip=tooltip).add_params(zoom())
    near = (
        rows_of_metric("utilisation").mark_point(size=120, opacity=0).encode(x, y, tooltip=tooltip)
    )
    marks = alt.Chart(alt.NamedData("marks")).encode(
        x,
        tooltip=[alt.Tooltip("moment:T", title="day", format="%a %Y-%m-%d"), alt.Tooltip("kind:N")],
    )
    quarters = marks.transform_filter("datum.kind === 'quarter end'").mark_rule(
        strokeDash=[4, 4], opacity=0.45, clip=True
    )
    holidays = (
        marks.transform_filter("datum.kind === 'holiday'")
        .mark_point(
            shape="triangle-up", filled=True, size=45, opacity=0.55, color="gray", clip=True
        )
        .encode(y=alt.value(alt.ExprRef("height - 4")))
    )
    return alt.layer(quarters, drawn, near, holidays, title=metric_title("Mean "))


def effects(tables: Tables) -> Drawn:
    """Return the quarter-end ramp and the holiday dip, measured beside configured.

    Args:
        tables: the report's tables.
    """
    x = alt.X(
        "where:O",
        title=["days to the quarter's end,", "then holidays by their factor"],
        scale=alt.Scale(domain=places(tables)),
        axis=alt.Axis(labelAngle=0),
    )
    y = alt.Y("value:Q", title="× ordinary days", scale=alt.Scale(zero=False, padding=10))
    day = alt.Tooltip("where:O", title="days left, or factor of the holiday")
    measured = rows_of_metric("effects").encode(
        x,
        y,
        colour(tables),
        tooltip=[
            alt.Tooltip("archetype:N"),
            day,
            alt.Tooltip("value:Q", title="measured", format=".3f"),
        ],
    )
    configured = (
        alt.Chart(alt.NamedData("configured"))
        .transform_calculate(value=VALUE)
        .mark_tick(thickness=3, size=26, opacity=0.55)
        .encode(x, y, tooltip=[day, alt.Tooltip("value:Q", title="configured", format=".3f")])
    )
    ramp = measured.transform_filter("datum.kind === 'ramp'").mark_line(opacity=0.8)
    dots = measured.mark_circle(size=60, opacity=1)
    return alt.layer(configured, ramp, dots, title=metric_title("Factor of "))


def growth(tables: Tables) -> Drawn:
    """Return the mean by month, with the 95th percentile of the last month.

    Args:
        tables: the report's tables.
    """
    x = time_axis(tables.growth_unit, tables.growth["moment"], padding=14, nice=False)
    colours = colour(tables)
    means = rows_of_metric("growth").encode(
        x,
        alt.Y(
            "value:Q", title=f"mean by {tables.growth_unit}", scale=alt.Scale(zero=False, padding=8)
        ),
        colours,
        tooltip=[
            moment_tooltip(tables.growth_unit),
            alt.Tooltip("archetype:N"),
            alt.Tooltip("value:Q", title="mean", format=",.4~g"),
        ],
    )
    lines = means.mark_line(point=alt.OverlayMarkDef(size=25), clip=True).add_params(zoom())
    highest = (
        rows_of_metric("headroom")
        .transform_calculate(
            left="ceilings[metric] === null ? null : ceilings[metric] - datum.value"
        )
        .mark_point(shape="diamond", filled=True, size=110, opacity=1, clip=True)
        .encode(
            x,
            alt.Y("value:Q"),
            colours,
            tooltip=[
                alt.Tooltip("archetype:N"),
                alt.Tooltip("value:Q", title="95 % of the last month lie below", format=",.4~g"),
                alt.Tooltip("left:Q", title="headroom", format=",.4~g"),
            ],
        )
    )
    return alt.layer(lines, highest, title=metric_title("Mean "))
