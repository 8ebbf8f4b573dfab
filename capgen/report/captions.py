"""What each chart says, in words: its main finding, one text for each archetype and metric."""

from __future__ import annotations

import polars as pl

from capgen.config.holiday_days import calendars
from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from capgen.report.correlation_caption import correlation_caption
from capgen.report.rows import Rows, ceilings
from capgen.report.tables import BINS, WHOLE_FLEET, Tables

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
_MONTHS_A_YEAR = 12
_MARKS = "Dashed lines are quarter ends, triangles holidays."


Captions = dict[
    str, dict[str, list[str]]
]  # by archetype, WHOLE_FLEET for all; then by panel, one for each metric


def captions(tables: Tables, report: Report, rows: dict[str, Rows]) -> Captions:
    """Return the captions of each panel, for each choice of archetype and metric.

    Args:
        tables: of the dataset.
        report: the outcome of a check.
        rows: from `chart_rows`.
    """
    verdicts = _verdicts(report)
    correlations = rows["correlation"]
    captions = {}
    for choice in (WHOLE_FLEET, *tables.archetypes):
        own = [row for row in correlations if choice in (WHOLE_FLEET, row["archetype"])]
        captions[choice] = _captions(tables.of(choice), verdicts, own)
    return captions


def _captions(tables: Tables, verdicts: str, correlations: Rows) -> dict[str, list[str]]:
    positions = range(len(tables.columns))
    correlation = correlation_caption(tables, correlations)
    return {
        "utilisation": [_utilisation(tables, each) for each in positions],
        "distribution": [_distribution(tables, each) for each in positions],
        "correlation": [correlation for _ in positions],
        "rhythm": [_rhythm(tables, each) for each in positions],
        "effects": [_effects(tables, each) for each in positions],
        "growth": [_growth(tables, each) for each in positions],
        "quality": [f"{verdicts} {_shares(tables, each)}" for each in positions],
    }


def shown(value: float | None) -> str:
    """Return a number as text, short.

    Args:
        value: a number, or none.
    """
    if value is None:
        return "none"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _of(frame: pl.DataFrame, tables: Tables, position: int) -> pl.DataFrame:
    return frame.filter(pl.col("metric") == tables.columns[position])


def _unit(tables: Tables, position: int) -> str:
    unit = list(tables.config.metrics.values())[position].unit
    return f" {unit}" if unit else ""


def _utilisation(tables: Tables, position: int) -> str:
    column = tables.columns[position]
    unit = _unit(tables, position)
    frame = _of(tables.utilisation, tables, position).drop_nulls("mean")
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


def _distribution(tables: Tables, position: int) -> str:
    column = tables.columns[position]
    first = tables.bins["first"][position]
    width = tables.bins["width"][position]
    parts = []
    for archetype in tables.archetypes:
        frame = (
            _of(tables.distribution, tables, position)
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


def _rhythm(tables: Tables, position: int) -> str:
    frame = _of(tables.heat_map, tables, position).drop_nulls("mean")
    if frame.is_empty():
        return "There are no values to show."
    ordered = frame.sort("mean")
    low, high = (_when(tables, ordered.row(each, named=True)) for each in (0, -1))
    clock = "" if tables.is_daily else " Hours are UTC."
    who = _who(tables, "all servers")
    return f"For {who}, {tables.columns[position]} is highest on {high} and lowest on {low}.{clock}"


def _when(tables: Tables, row: dict[str, float]) -> str:
    part = int(row["part"])
    when = f"in {_MONTHS[part - 1]}" if tables.is_daily else f"at {part:02d}:00"
    return f"{_DAYS[int(row['weekday'])]} {when} ({shown(row['mean'])})"


def _effects(tables: Tables, position: int) -> str:
    frame = _of(tables.effects, tables, position)
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
    who = _who(tables, "the mean of the archetypes")
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


def _growth(tables: Tables, position: int) -> str:
    changes, span = _changes(tables, position)
    changed = ", ".join(
        f"{kind} {changes[kind]:+.1%}" for kind in tables.archetypes if kind in changes
    )
    ceiling = ceilings(tables)[position]
    highest = (
        _of(tables.headroom, tables, position).drop_nulls().sort("p95", descending=True).rows()
    )
    least = "".join(
        f" Least headroom: {kind}, {shown(ceiling - p95)} of {shown(ceiling)} "
        "(the diamonds are 95th percentiles)."
        for kind, _, p95 in highest[:1]
    )
    if tables.growth_unit != "month" or not changed:
        return f"The window is too short to tell growth from chance.{least}"
    seasons = "" if span == "year" else ", seasons and holidays included"
    return (
        f"{tables.columns[position]} from the first {span} to the last{seasons}: {changed}.{least}"
    )


def _changes(tables: Tables, position: int) -> tuple[dict[str, float], str]:
    """Compare whole years where there are two, so that seasons do not pass for growth."""
    frame = _of(tables.growth, tables, position).drop_nulls("mean").sort("moment")
    has_years = tables.growth_unit == "month" and frame["moment"].n_unique() >= 2 * _MONTHS_A_YEAR
    many = _MONTHS_A_YEAR if has_years else 1
    ends = frame.group_by("server_type", maintain_order=True).agg(
        first=pl.col("mean").head(many).mean(), last=pl.col("mean").tail(many).mean()
    )
    changes = {kind: last / first - 1 for kind, first, last in ends.rows() if first}
    return changes, "year" if has_years else tables.growth_unit


def _who(tables: Tables, several: str) -> str:
    return several if len(tables.archetypes) > 1 else tables.archetypes[0]


def _verdicts(report: Report) -> str:
    counts = {each: len(report.names(each)) for each in Verdict}
    failed = f": {', '.join(report.names(Verdict.FAIL))}" if counts[Verdict.FAIL] else ""
    is_part = report.sample and report.sample.servers < report.sample.of_servers
    looked_at = f" {report.sample.sentence}" if report.sample and is_part else ""
    passing = f"{counts[Verdict.PASS]} pass"
    failing = f"{counts[Verdict.FAIL]} fail{failed}"
    untested = f"{counts[Verdict.NOT_TESTABLE]} cannot be tested"
    return f"Of {len(report.rules)} rules {passing}, {failing}, {untested}.{looked_at}"


def _shares(tables: Tables, position: int) -> str:
    sums = (
        _of(tables.quality, tables, position)
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
    clipped = f"{at_low:.2%} at the lower clip, {at_high:.2%} at the upper"
    return f"{tables.columns[position]}: {missing:.2%} missing, {clipped}."
