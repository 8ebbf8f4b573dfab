"""Asks the `holidays` library for the days of a calendar."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Protocol

from holidays.registry import COUNTRIES

from capgen.timeline.one_country import country_holidays

_MOST_SUBDIVISIONS = 60
_KEPT_YEARS = 4096  # some 20 days each


class Holidays(Protocol):
    """What names a calendar of the library."""

    @property
    def country(self) -> str:
        """ISO 3166 code."""

    @property
    def subdivision(self) -> str | None:
        """Code of a state or province."""

    @property
    def observed(self) -> bool:
        """Whether days on which holidays of weekends are kept count."""


def library_days(calendar: Holidays, first: date, last: date) -> Iterator[date]:
    """Yield the holidays of a calendar, in order.

    Args:
        calendar: the calendar whose days are wanted.
        first: the first day that counts.
        last: the last day that counts.
    """
    # A year's holidays may be kept on days of the years beside it.
    years = range(first.year - 1, last.year + 2)
    found = {day for year in years for day in _asked(*_key(calendar), year)[0]}
    yield from sorted(day for day in found if first <= day <= last)


def unknown_years(calendar: Holidays, first: date, last: date) -> list[int]:
    """Return the years whose holidays the library does not know, or not all of them.

    Args:
        calendar: the calendar whose days are wanted.
        first: the first day that counts.
        last: the last day that counts.
    """
    years = range(first.year, last.year + 1)
    return [year for year in years if not _asked(*_key(calendar), year)[1]]


def _key(calendar: Holidays) -> tuple[str, str | None, bool]:
    return calendar.country, calendar.subdivision, calendar.observed


@lru_cache(maxsize=_KEPT_YEARS)
def _asked(
    country: str, subdivision: str | None, observed: bool, year: int
) -> tuple[frozenset[date], bool]:
    """Return what the library says of one year, and whether it knows all of that year."""
    with warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always")
        found = country_holidays(country, subdiv=subdivision, years=year, observed=observed)
    is_known = found.start_year <= year <= found.end_year
    return frozenset(found), is_known and not doubts


def calendar_problem(calendar: Holidays) -> str | None:
    """Return what is wrong with a calendar; None where the library knows it.

    Args:
        calendar: any calendar.
    """
    try:
        country_holidays(calendar.country, subdiv=calendar.subdivision)
    except NotImplementedError as error:
        return (
            "expected a country and subdivision that the holidays library knows: "
            f"{error}{_subdivisions(calendar)}"
        )
    return None


def country_code(name: str) -> str | None:
    """Return the code of a country that is given by its name, or in small letters.

    Args:
        name: the country's name in English.
    """
    wanted = re.sub(r"[^a-z]+", "_", name.lower()).strip("_")
    for country, (_, *codes) in COUNTRIES.items():
        if wanted in {country, *(code.lower() for code in codes)}:
            return str(codes[0])
    return None


def _subdivisions(calendar: Holidays) -> str:
    """Name the subdivisions of a country that is known."""
    try:
        known = country_holidays(calendar.country).subdivisions
    except NotImplementedError:
        return "; its ISO 3166 code, such as DE for Germany, is expected"
    if not known:
        return "; it has none"
    return f"; expected one of {', '.join(known[:_MOST_SUBDIVISIONS])}"
