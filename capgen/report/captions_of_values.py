"""What the charts of values say, in words: distributions, the rhythm of the week, quality."""

from __future__ import annotations

import polars as pl

from capgen.report.caption_pieces import rows_of, shown, whose
from capgen.report.sums import BINS
from capgen.report.tables import Tables

_DAYS = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_LOWEST = 0.1  # to the highest: the middle 80 %
_HIGHEST = 0.9


def distribution_caption(tables: Tables, position: int) -> str:
    """Say where most values lie.

    Args:
        tables: the report's tables.
        position: the metric's place among them.
    """
    column = tables.columns[position]
    first = tables.bins["first"][position]
    width = tables.bins["width"][position]
    parts = []
    for archetype in tables.archetypes:
        frame = (
            rows_of(tables.distribution, tables, position)
            .filter(pl.col("server_type") == archetype)
            .sort("bin")
        )
        if frame.is_empty():
            continue
        reached = frame.with_columns(share=pl.col("cells").cum_sum() / pl.col("cells").sum())
        inside = reached.filter(
            (pl.col("share") >= _LOWEST) & (pl.col("share").shift(1, fill_value=0) < _HIGHEST)
        )
        low = inside["bin"][0]
        high = min(inside["bin"][-1] + 1, BINS)
        ends = [first + width * each for each in (low, high)]
        parts.append(f"{archetype} {shown(ends[0])} to {shown(ends[1])}")
    words = ", ".join(parts) or "none"
    return f"The middle 80 % of the values of {column}, to the width of a bar: {words}."


def rhythm_caption(tables: Tables, position: int) -> str:
    """Say when in the week values are high and low.

    Args:
        tables: the report's tables.
        position: the metric's place among them.
    """
    frame = rows_of(tables.heat_map, tables, position).drop_nulls("mean")
    if frame.is_empty():
        return "There are no values to show."
    ordered = frame.sort("mean")
    low, high = (_when(tables, ordered.row(each, named=True)) for each in (0, -1))
    clock = "" if tables.is_daily else " Hours are UTC."
    who = whose(tables, "all servers")
    return f"For {who}, {tables.columns[position]} is highest on {high} and lowest on {low}.{clock}"


def _when(tables: Tables, row: dict[str, float]) -> str:
    part = int(row["part"])
    when = f"in {_MONTHS[part - 1]}" if tables.is_daily else f"at {part:02d}:00"
    return f"{_DAYS[int(row['weekday'])]} {when} ({shown(row['mean'])})"


def quality_caption(tables: Tables, position: int) -> str:
    """Say how many values are missing, or at the clip.

    Args:
        tables: the report's tables.
        position: the metric's place among them.
    """
    sums = (
        rows_of(tables.quality, tables, position)
        .select("cells", "present", "at_low", "at_high")
        .sum()
        .row(0)
    )
    cells, present, low, high = (int(each or 0) for each in sums)
    if not cells or not present:
        return f"{tables.columns[position]} has no values."
    missing = 1 - present / cells
    at_low = low / present
    at_high = high / present
    if tables.model is None:
        return f"{tables.columns[position]}: {missing:.2%} missing."
    clipped = f"{at_low:.2%} at the lower clip, {at_high:.2%} at the upper"
    return f"{tables.columns[position]}: {missing:.2%} missing, {clipped}."
