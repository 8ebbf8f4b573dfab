"""Which holidays a fit looks at: those of a country, or of a part of it."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError

from capgen.errors import RequestError
from capgen.settings.holidays import Holidays


def holidays_called(name: str) -> Holidays:
    """Return the calendar that has a name.

    Args:
        name: an ISO 3166 code of a country, and after a hyphen of a part of it: DE or DE-BY.

    Raises:
        RequestError: there is no such calendar.
    """
    from capgen.timeline.holiday_library import calendar_problem  # it is slow to import

    country, _, subdivision = name.partition("-")
    try:
        wanted = Holidays(country=country, subdivision=subdivision or None, observed=True)
    except ValidationError:
        raise RequestError(f"--holidays: expected a country as DE or DE-BY, got {name!r}") from None
    problem = calendar_problem(wanted)
    if problem:
        raise RequestError(f"--holidays: {problem}")
    return wanted


def holidays_between(wanted: Holidays, first: date, last: date) -> list[date]:
    """Return the holidays of a window.

    Args:
        wanted: the calendar.
        first: the first day.
        last: the last day.

    Raises:
        RequestError: nobody knows them all.
    """
    from capgen.timeline.holiday_library import library_days, unknown_years

    unknown = unknown_years(wanted, first, last)
    if unknown:
        raise RequestError(
            f"--holidays: expected years whose holidays are known, got {unknown[0]}; "
            "fit other days, or leave the option out"
        )
    return list(library_days(wanted, first, last))
