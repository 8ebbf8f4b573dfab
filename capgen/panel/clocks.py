"""The clocks that servers live by: that of all, and those of regions."""

from __future__ import annotations

from capgen.config import Config
from capgen.layers import LAYERS
from capgen.layers.answers import Clock
from capgen.settings.holidays import Holidays
from capgen.timeline.epoch import MINUTES_PER_DAY

_TURNING = [layer for layer in LAYERS if layer.turns_clocks]
COMMON_CLOCK = ""  # of all servers whose region has neither a zone nor holidays of its own


def clock_of(config: Config, region: str) -> str:
    """Return the clock of a region's servers: its own, or that of all.

    Args:
        config: the panel's configuration.
        region: one of the fleet's.
    """
    return _clock(config, region).name


def clocks(config: Config) -> list[str]:
    """Return all clocks that servers may follow, that of all first.

    Args:
        config: the panel's configuration.
    """
    of_regions = (clock_of(config, region) for region in config.fleet.region)
    return list(dict.fromkeys([COMMON_CLOCK, *of_regions]))


def holidays_of(config: Config, clock: str) -> Holidays:
    """Return the holiday calendar of a clock.

    Args:
        config: the panel's configuration.
        clock: one of `clocks(config)`.
    """
    return _clock(config, clock).holidays or config.calendar.holidays


def zone_of(config: Config, clock: str) -> str | None:
    """Return the time zone of a clock; None for UTC.

    Steps of a day stand for their date everywhere.

    Args:
        config: the panel's configuration.
        clock: one of `clocks(config)`.
    """
    return _clock(config, clock).zone if config.step_minutes < MINUTES_PER_DAY else None


def flags_are_local(config: Config) -> bool:
    """Tell whether flags of the calendar may differ between servers.

    Args:
        config: the panel's configuration.
    """
    return any(layer.settings_in(config) for layer in _TURNING)


def _clock(config: Config, region: str) -> Clock:
    for layer in _TURNING:
        settings = layer.settings_in(config)
        clock = layer.clock(settings, region) if settings is not None else None
        if clock:
            return clock
    return Clock(COMMON_CLOCK, None, None)
