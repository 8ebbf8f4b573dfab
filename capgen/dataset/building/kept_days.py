"""The holidays that a dataset was built with, which a build that goes on with it keeps."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path

from capgen.config import Config
from capgen.config.holiday_days import contradictions
from capgen.config.resolved_days import HolidayDays
from capgen.dataset.manifest import Manifest
from capgen.errors import RequestError
from capgen.storage.place import Place


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


def other_library(folder: Path, kept: HolidayDays | None, config: Config) -> Iterator[str]:
    """Yield a line where the library of today gives other holidays than those that are kept.

    Args:
        folder: the dataset's.
        kept: its holidays.
        config: what is to be built.
    """
    of_today = config.model_copy(update={"holiday_days": None})
    if others := contradictions(kept, of_today):
        version = importlib.metadata.version("holidays")
        yield (
            f"{folder}: keeps its holidays; holidays {version} has others of {', '.join(others)}; "
            "--overwrite takes these"
        )
