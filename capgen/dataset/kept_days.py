"""The holidays that a dataset was built with, which a build that goes on with it keeps."""

from __future__ import annotations

import json
from pathlib import Path

from capgen.config import Config
from capgen.config.holiday_days import HolidayDays, contradictions
from capgen.dataset.manifest import Manifest
from capgen.dataset.place import Place
from capgen.errors import RequestError


def kept_days(place: Place, present: Manifest | None) -> HolidayDays | None:
    """Return the holidays of the build that was interrupted, or of the dataset that is there.

    Args:
        place: where the dataset is made.
        present: its manifest; None where there is no dataset.
    """
    days = (place.begun() or {}).get("holiday_days")
    if days:
        return HolidayDays.model_validate_json(json.dumps(days))
    return present.holiday_days if present else None


def check_same_days(folder: Path, present: Manifest, config: Config) -> None:
    """Refuse a configuration with days of its own that are not those of the dataset.

    Args:
        folder: the dataset's.
        present: its manifest.
        config: what is to be built onto it.

    Raises:
        RequestError: names the calendars and the days.
    """
    if others := contradictions(present.holiday_days, config):
        raise RequestError(
            f"out: {str(folder)!r} holds a dataset with other holidays of {', '.join(others)}; "
            "add --overwrite to replace it"
        )
