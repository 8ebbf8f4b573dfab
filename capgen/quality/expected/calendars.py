"""The calendars of a panel's clocks, one row a bucket: what all means are worked out from."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from capgen.config import Config
from capgen.panel.calendar import calendar_of
from capgen.panel.clocks import clock_of
from capgen.quality.expected.buckets import bucket_minutes
from capgen.quality.expected.drift import GROWTH_TIME, growth_columns

Calendars = Mapping[str, pl.DataFrame]  # by clock


def hourly_calendars(config: Config) -> dict[str, pl.DataFrame]:
    """Return the calendar of each clock, one row a bucket: an hour, or less with local time.

    All factors but growth are constant within one; of growth, the middle is taken.

    Args:
        config: the panel's configuration.

    Returns:
        Column hour, those of the calendar but timestamp, and how growth drifts.
    """
    followed = {clock_of(config, region) for region in config.fleet.region}
    return {clock: _hourly_calendar(config, clock) for clock in sorted(followed)}


def _hourly_calendar(config: Config, clock: str) -> pl.DataFrame:
    hour = pl.col("timestamp").dt.truncate(f"{bucket_minutes(config)}m").alias("hour")
    factors = pl.all().exclude("timestamp", GROWTH_TIME).first()
    calendar = calendar_of(config, clock)
    years = [
        calendar(span).group_by(hour, maintain_order=True).agg(factors, *growth_columns())
        for _, span in config.axis.years()
    ]
    return pl.concat(years)


def local_flags(config: Config, calendars: Calendars) -> pl.DataFrame:
    """Return columns region, hour, is_weekend and is_holiday: what the flags of each region are.

    Args:
        config: the panel's configuration.
        calendars: the clocks' calendars, from `hourly_calendars`.
    """
    flags = ["hour", "is_weekend", "is_holiday"]
    return pl.concat(
        calendars[clock_of(config, region)].select(*flags, region=pl.lit(region))
        for region in config.fleet.region
    )
