"""The days that are holidays: those that a configuration holds, else those of the library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from capgen.config.model import Config
from capgen.config.resolved_days import HolidayDays
from capgen.layers import LAYERS
from capgen.settings.holidays import Holidays
from capgen.timeline.holiday_library import library_days

AROUND = timedelta(days=8)  # a week of shoulders, and a day by which a local clock may differ
_ONE_DAY = timedelta(days=1)


def holiday_span(config: Config) -> tuple[date, date]:
    """Return the first and the last day whose holidays can affect a cell.

    Shoulders reach a week beyond the window, and quarter ends to the end of the month; layers with
    a memory look back from the year of the window's start to that before.

    Args:
        config: the panel's configuration.
    """
    first = config.start_date
    following_month = config.end_date.replace(day=1) + timedelta(days=31)
    if _looks_back(config):
        first = date(first.year - 1, 1, 1)
    return first - AROUND, following_month.replace(day=1) + AROUND


def _looks_back(config: Config) -> bool:
    for layer in LAYERS:
        for archetype in (None, *config.archetypes.values()):
            settings = layer.settings_in(config, archetype)
            if settings is not None and layer.looks_back_on_holidays(settings):
                return True
    return False


def calendar_name(calendar: Holidays) -> str:
    """Return the name of a calendar, such as `DE-BY observed`.

    Args:
        calendar: the calendar's settings.
    """
    place = "-".join(filter(None, [calendar.country, calendar.subdivision]))
    return f"{place} observed" if calendar.observed else place


def days_of(config: Config, calendar: Holidays) -> tuple[date, ...]:
    """Return the sorted holidays of a calendar that can affect a cell.

    Args:
        config: the panel's configuration.
        calendar: a calendar of the configuration.
    """
    return days_between(config, calendar, *holiday_span(config))


def days_between(config: Config, calendar: Holidays, first: date, last: date) -> tuple[date, ...]:
    """Return the sorted holidays of a calendar.

    Args:
        config: the panel's configuration.
        calendar: a calendar of the configuration.
        first: the first day that counts.
        last: the last day that counts.
    """
    return tuple(_days(config.holiday_days, calendar, first, last))


def resolved_days(config: Config) -> HolidayDays:
    """Return the holidays of all calendars of a configuration that can affect a cell.

    Args:
        config: the panel's configuration.
    """
    first, last = holiday_span(config)
    days: dict[str, tuple[date, ...]] = {}
    for calendar in calendars(config).values():
        days[calendar_name(calendar)] = days_between(config, calendar, first, last)
    return HolidayDays(first=first, last=last, days=days)


def with_days(config: Config, kept: HolidayDays | None = None) -> Config:
    """Return the configuration with the days of its holidays, so that no library decides them.

    Args:
        config: the panel's configuration.
        kept: days to prefer to the library's, if the configuration holds none.
    """
    given = config.model_copy(update={"holiday_days": config.holiday_days or kept})
    return config.model_copy(update={"holiday_days": resolved_days(given)})


def contradictions(kept: HolidayDays | None, config: Config) -> list[str]:
    """Return the calendars of a configuration whose days differ from those that were kept.

    Args:
        kept: days of some calendars.
        config: the panel's configuration, with or without days.

    Returns:
        Lines such as `IN observed (2024-03-25 and 3 more)`, which name days that only one of the
        two has.
    """
    if kept is None:
        return []
    found = []
    for calendar in calendars(config).values():
        name = calendar_name(calendar)
        present = _days(config.holiday_days, calendar, kept.first, kept.last)
        if name in kept.days and (differing := sorted(set(kept.days[name]) ^ set(present))):
            more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
            found.append(f"{name} ({differing[0]}{more})")
    return found


def calendars(config: Config) -> dict[str, Holidays]:
    """Return the holiday calendars that servers may follow, by their configuration paths.

    Args:
        config: the panel's configuration.
    """
    found = {"calendar.holidays": config.calendar.holidays}
    for layer in LAYERS:
        settings = layer.settings_in(config)
        if settings is not None:
            found |= layer.holiday_calendars(settings)
    return found


def _days(given: HolidayDays | None, calendar: Holidays, first: date, last: date) -> Iterator[date]:
    """Yield the holidays of a calendar: those given, and before and after them the library's."""
    own = given.days.get(calendar_name(calendar)) if given else None
    if given is None or own is None:
        yield from library_days(calendar, first, last)
        return
    if first < given.first:
        yield from library_days(calendar, first, min(last, given.first - _ONE_DAY))
    yield from (day for day in own if first <= day <= last)
    if last > given.last:
        yield from library_days(calendar, max(first, given.last + _ONE_DAY), last)
