"""A calendar of holidays."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.settings.types import CountryCode, Section, SubdivisionCode


class Holidays(Section):
    """A calendar of the `holidays` library.

    Attributes:
        country: whose holidays.
        subdivision: state or province, such as NY.
        observed: also the weekday on which a weekend holiday is kept.
    """

    country: CountryCode
    subdivision: SubdivisionCode | None = None
    observed: bool


def holiday_problems(path: str, wanted: Holidays) -> Iterator[str]:
    """Yield what is wrong with a holiday calendar.

    Args:
        path: where it is configured.
        wanted: the calendar.
    """
    from capgen.timeline.holiday_library import calendar_problem  # it is slow to import

    problem = calendar_problem(wanted)
    if problem:
        yield f"{path}: {problem}"
