"""Local time: business hours, weekends and holidays by the clock and the calendar of a region."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from capgen.config import Config
from capgen.config.layers import Holidays
from capgen.timeline.epoch import MINUTES_PER_DAY

COMMON_CLOCK = ""  # of all servers whose region has neither a zone nor holidays of its own


def clock_of(config: Config, region: str) -> str:
    """Return which calendar a region's servers follow: its own, or that of all.

    Args:
        config: a valid configuration.
        region: one of the fleet's.
    """
    local = config.layers.local_time
    return region if local and (region in local.zones or region in local.holidays) else COMMON_CLOCK


def clocks(config: Config) -> list[str]:
    """Return all calendars that servers may follow.

    Args:
        config: a valid configuration.
    """
    return list(dict.fromkeys([COMMON_CLOCK, *(clock_of(config, region) for region in config.fleet.region)]))


def clock_column(config: Config, regions: Sequence[str]) -> pl.Series:
    """Return the calendar of each server as a column.

    Args:
        config: a valid configuration.
        regions: of the servers.
    """
    return pl.Series("clock", [clock_of(config, region) for region in regions], dtype=pl.Enum(clocks(config)))


def holidays_of(config: Config, clock: str) -> Holidays:
    """Return the holiday calendar of a clock.

    Args:
        config: a valid configuration.
        clock: one of `clocks(config)`.
    """
    local = config.layers.local_time
    return local.holidays.get(clock, config.calendar.holidays) if local else config.calendar.holidays


def zone_of(config: Config, clock: str) -> str | None:
    """Return the time zone of a clock; None for UTC, and for steps of a day, which stand for their date everywhere.

    Args:
        config: a valid configuration.
        clock: one of `clocks(config)`.
    """
    local = config.layers.local_time
    return local.zones.get(clock) if local and config.step_minutes < MINUTES_PER_DAY else None
