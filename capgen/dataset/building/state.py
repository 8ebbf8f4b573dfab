"""What a build is of."""

from __future__ import annotations

from typing import Any

from capgen.config.holiday_days import HolidayDays
from capgen.dataset.sizes import Sizes


def build_state(capgen_version: str, values: dict[str, Any], days: HolidayDays | None, sizes: Sizes) -> dict[str, Any]:
    """Return what a build is of, as plain data: two builds of the same make the same files.

    Args:
        capgen_version: of the builder.
        values: from `config_values`.
        days: the holidays of its calendars; None where they are the library's.
        sizes: of files and row groups.
    """
    return {
        "capgen_version": capgen_version,
        "config": values,
        "holiday_days": days and days.model_dump(mode="json"),
        "sizes": sizes.model_dump(),
    }
