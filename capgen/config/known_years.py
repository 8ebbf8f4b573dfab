"""Finds years whose holidays the library does not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from capgen.config.holiday_days import calendar_name, calendars
from capgen.config.model import Config
from capgen.timeline.holiday_library import unknown_years


def unknown_holidays(config: Config) -> Iterator[str]:
    """Yield a line for each calendar that lacks holidays of the window.

    Args:
        config: the panel's configuration.
    """
    for path, calendar in calendars(config).items():
        name = calendar_name(calendar)
        unknown = unknown_years(calendar, config.start_date, config.end_date)
        years = [year for year in unknown if not _is_given(config, name, year)]
        if years:
            yield (
                f"{path}: expected years whose holidays the library knows, got {_spans(years)}, of "
                f"which it does not know all of {name}"
            )


def _is_given(config: Config, name: str, year: int) -> bool:
    """Tell whether a configuration holds a calendar's holidays for all its days of a year."""
    given = config.holiday_days
    if given is None or name not in given.days:
        return False
    first = max(config.start_date, date(year, 1, 1))
    last = min(config.end_date, date(year, 12, 31))
    return given.first <= first and last <= given.last


def holidays_decide_values(config: Config) -> bool:
    """Tell whether holidays affect values of metrics, and not only the column is_holiday.

    Args:
        config: the panel's configuration.
    """
    return config.calendar.holiday_effect is not None or config.calendar.eoq.business_days


def _spans(years: list[int]) -> str:
    """Write consecutive years as one span, such as `1999 to 2000`."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(map(_span, spans))


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
