"""The epoch that days, minutes and steps are counted from."""

from __future__ import annotations

from datetime import date, datetime, timedelta

MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7
MINUTES_PER_DAY = HOURS_PER_DAY * MINUTES_PER_HOUR
DAYS_PER_MONTH = 30.4375  # 365.25 / 12
_EPOCH = datetime(1970, 1, 1)
_MINUTE = timedelta(minutes=1)


def day_number(day: date) -> int:
    """Return how many days a day lies after 1970-01-01.

    Args:
        day: any day.
    """
    return day.toordinal() - _EPOCH.toordinal()


def day_of(number: int) -> date:
    """Return the day that lies so many days after 1970-01-01.

    Args:
        number: number of days.
    """
    return date.fromordinal(_EPOCH.toordinal() + number)


def minute_number(moment: datetime) -> int:
    """Return how many whole minutes a moment lies after 1970-01-01 00:00.

    Args:
        moment: any moment, in UTC.
    """
    return (moment - _EPOCH) // _MINUTE


def moment_of(minute: int) -> datetime:
    """Return the moment that lies so many minutes after 1970-01-01 00:00.

    Args:
        minute: number of minutes.
    """
    return _EPOCH + minute * _MINUTE
