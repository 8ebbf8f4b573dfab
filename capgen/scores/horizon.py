"""How far ahead a forecast looks, in stretches that planners think in."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Each stretch ends here, and begins where the one before ends. A step counts where it ends.
HORIZONS: tuple[tuple[str, timedelta], ...] = (
    ("first hour", HOUR),
    ("1-6 hours", 6 * HOUR),
    ("6-24 hours", DAY),
    ("1-7 days", 7 * DAY),
    ("7-30 days", 30 * DAY),
    ("30-91 days", 91 * DAY),
    ("91-365 days", 365 * DAY),
)
FIRST_DAY = "first day"  # of steps that are days
BEYOND = "over a year"
ALL_HORIZONS = "all"
ORDER = (ALL_HORIZONS, FIRST_DAY, *(name for name, _ in HORIZONS), BEYOND)


def horizon_of(start: datetime, step: timedelta) -> pl.Expr:
    """Return the stretch that each timestamp lies in.

    Args:
        start: the first step that is not known.
        step: length of a step.
    """
    ahead = pl.col("timestamp") - start + step
    found = pl.lit(BEYOND)
    for name, end in reversed(_horizons(step)):
        found = pl.when(ahead <= end).then(pl.lit(name)).otherwise(found)
    return found.alias("horizon")


def _horizons(step: timedelta) -> list[tuple[str, timedelta]]:
    if step < DAY:
        return list(HORIZONS)
    return [(FIRST_DAY, DAY), *(each for each in HORIZONS if each[1] > DAY)]
