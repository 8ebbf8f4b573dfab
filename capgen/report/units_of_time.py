"""Which units of time the report shows, by the length of the window."""

from __future__ import annotations

from datetime import date, timedelta

from capgen.dataset.description import Description
from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_DAY

_MOST_POINTS = 800  # a line has no more, as long as weeks or months can hold them
_MONTHS_TO_SHOW = 3
_WEEKS_TO_SHOW = 3


def unit_of_points(described: Description) -> str:
    """Return the unit of time of lines: hour, day, week or month.

    Args:
        described: what the rows are.
    """
    days = _days(described)
    steps = days * MINUTES_PER_DAY // described.step_minutes
    points = min(steps, days * HOURS_PER_DAY)
    if described.step_minutes < MINUTES_PER_DAY and points <= _MOST_POINTS:
        return "hour"
    if days <= _MOST_POINTS:
        return "day"
    return "week" if days // 7 <= 2 * _MOST_POINTS else "month"


def growth_unit_of(described: Description) -> str:
    """Return the unit of time in which growth is shown: day, week or month.

    Args:
        described: what the rows are.
    """
    days = _days(described)
    if days >= (_MONTHS_TO_SHOW + 1) * 31:
        return "month"
    return "week" if days >= (_WEEKS_TO_SHOW + 1) * 7 else "day"


def last_whole_month(described: Description) -> tuple[date, date]:
    """Return the first and the last day of the last whole month; of the window without one.

    Args:
        described: what the rows are.
    """
    following = described.last_day + timedelta(days=1)
    until = following.replace(day=1) - timedelta(days=1)
    since = until.replace(day=1)
    return (
        (since, until)
        if since >= described.first_day
        else (described.first_day, described.last_day)
    )


def _days(described: Description) -> int:
    return (described.last_day - described.first_day).days + 1
