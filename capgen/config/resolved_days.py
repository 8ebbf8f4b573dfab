"""The section of the holidays that a configuration was given."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from capgen.settings.types import Frozen, Section

_AnyDay = Annotated[date, Field(strict=False)]


class HolidayDays(Section):
    """The holidays of some calendars, all of them from the first day to the last."""

    first: _AnyDay
    last: _AnyDay
    days: Frozen[str, tuple[_AnyDay, ...]]
