"""What the charts along time say, in words: utilisation, quarter ends and holidays, growth."""

from __future__ import annotations

import polars as pl

from capgen.config.holiday_days import calendars
from capgen.report.caption_pieces import rows_of, shown, unit_of, whose
from capgen.report.tables import Tables

_MONTHS_A_YEAR = 12
_MARKS = "Dashed lines are quarter ends, triangles holidays."


def utilisation_caption(tables: Tables, position: int) -> str:
    """Say where utilisation is high and low.

    Args:
        tables: the report's tables.
        position: the metric's place among them.
    """
    column = tables.columns[position]
    unit = unit_of(tables, position)
    frame = rows_of(tables.utilisation, tables, position).drop_nulls("mean")
    if frame.is_empty():
        return f"There are no values of {column} to show."
    means = (
        frame.group_by("server_type").agg(pl.col("mean").mean()).sort("mean", "server_type").rows()
    )
    lowest, low = means[0]
    highest, high = means[-1]
    top = frame.sort("mean", descending=True).row(0, named=True)
    day = f"{top['moment']:%Y-%m-%d}"
    who = f"{top['server_type']}, {shown(top['mean'])}"
    peak = f"The highest {tables.unit} is that of {day}: {who}."
    if lowest == highest:
        return f"{column} of {highest} is {shown(high)}{unit} on average. {peak} {_MARKS}"
    above = f"highest for {highest}, {shown(high)}{unit} on average"
    return f"{column} is {above}, and lowest for {lowest}, {shown(low)}. {peak} {_MARKS}"


def effects_caption(tables: Tables, position: int) -> str:
    """Say what quarter ends and holidays do.

    Args:
        tables: the report's tables.
        position: the metric's place among them.
    """
    frame = rows_of(tables.effects, tables, position)
    means = frame.group_by("kind", "position").agg(
        pl.col("measured").mean(), pl.col("configured").first()
    )
    last_day = means.filter((pl.col("kind") == "ramp") & (pl.col("position") == 0)).drop_nulls()
    holidays = means.filter(pl.col("kind") == "holiday").drop_nulls().sort("position")
    parts = [
        f"the last day of a quarter is × {m:.2f} (configured × {c:.2f})"
        for *_, m, c in last_day.rows()
    ]
    parts += [f"holidays × {c:.2f} are × {m:.2f}" for *_, m, c in holidays.rows()]
    if not parts:
        return (
            "No quarter end and no holiday has ordinary days beside it in this window; "
            "the bars are configured."
        )
    who = whose(tables, "the mean of the archetypes")
    sentences = [
        "Dots are measured, bars configured.",
        f"Against ordinary days of the same weekday and quarter, {who}: {'; '.join(parts)}.",
        "Values at the clip, and spikes, pull towards 1.",
    ]
    if len(calendars(tables.config)) > 1:
        sentences.append(
            "Regions keep holidays of their own here: the fleet dips less on those of one country."
        )
    return " ".join(sentences)


def growth_caption(tables: Tables, position: int) -> str:
    """Say what grows, and the least headroom.

    Args:
        tables: the report's tables.
        position: the metric's place among them.
    """
    changes, span = _changes(tables, position)
    changed = ", ".join(
        f"{kind} {changes[kind]:+.1%}" for kind in tables.archetypes if kind in changes
    )
    ceiling = tables.ceilings[position]
    highest = (
        rows_of(tables.headroom, tables, position).drop_nulls().sort("p95", descending=True).rows()
    )
    least = "".join(_least(kind, p95, ceiling) for kind, _, p95 in highest[:1])
    if tables.growth_unit != "month" or not changed:
        return f"The window is too short to tell growth from chance.{least}"
    seasons = "" if span == "year" else ", seasons and holidays included"
    return (
        f"{tables.columns[position]} from the first {span} to the last{seasons}: {changed}.{least}"
    )


def _least(kind: str, p95: float, ceiling: float | None) -> str:
    if ceiling is None:
        return f" The diamonds are 95th percentiles; the highest is that of {kind}, {shown(p95)}."
    left = f"{shown(ceiling - p95)} of {shown(ceiling)}"
    return f" Least headroom: {kind}, {left} (the diamonds are 95th percentiles)."


def _changes(tables: Tables, position: int) -> tuple[dict[str, float], str]:
    """Compare whole years where there are two, so that seasons do not pass for growth."""
    frame = rows_of(tables.growth, tables, position).drop_nulls("mean").sort("moment")
    has_years = tables.growth_unit == "month" and frame["moment"].n_unique() >= 2 * _MONTHS_A_YEAR
    many = _MONTHS_A_YEAR if has_years else 1
    ends = frame.group_by("server_type", maintain_order=True).agg(
        first=pl.col("mean").head(many).mean(), last=pl.col("mean").tail(many).mean()
    )
    changes = {kind: last / first - 1 for kind, first, last in ends.rows() if first}
    return changes, "year" if has_years else tables.growth_unit
