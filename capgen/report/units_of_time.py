"""Which units of time the report shows, by the length of the window."""

from __future__ import annotations

from datetime import date, timedelta

from capgen.config import Config

_MOST_POINTS = 800  # a line has no more, as long as weeks or months can hold them
_MONTHS_TO_SHOW = 3
_WEEKS_TO_SHOW = 3


def unit_of_points(config: Config) -> str:
    """Return the unit of time of lines: hour, day, week or month.

    Args:
        config: the panel's configuration.
    """
    days = _days(config)
    steps = days * 24 * 60 // config.step_minutes
    if config.step_minutes < 24 * 60 and min(steps, days * 24) <= _MOST_POINTS:
        return "hour"
    if days <= _MOST_POINTS:
        return "day"
    return "week" if days // 7 <= 2 * _MOST_POINTS else "month"


def growth_unit_of(config: Config) -> str:
    """Return the unit of time in which growth is shown: day, week or month.

    Args:
        config: the panel's configuration.
    """
    days = _days(config)
    if days >= (_MONTHS_TO_SHOW + 1) * 31:
        return "month"
    return "week" if days >= (_WEEKS_TO_SHOW + 1) * 7 else "day"


def last_whole_month(config: Config) -> tuple[date, date]:
    """Return the first and the last day of the last whole month; of the window without one.

    Args:
        config: the panel's configuration.
    """
    following = config.end_date + timedelta(days=1)
    until = following.replace(day=1) - timedelta(days=1)
    since = until.replace(day=1)
    return (since, until) if since >= config.start_date else (config.start_date, config.end_date)


def _days(config: Config) -> int:
    return (config.end_date - config.start_date).days + 1
