"""Keeps the holidays of a dataset, or of an interrupted build, when a build goes on with it."""

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
    """Return the holidays of an interrupted build, or else of the existing dataset.

    Args:
        place: the place where the dataset is made.
        present: the existing dataset's manifest, if there is one.
    """
    days = (place.begun() or {}).get("holiday_days")
    if days:
        return HolidayDays.model_validate_json(json.dumps(days))
    return present.holiday_days if present else None


def check_same_days(folder: Path, present: Manifest, config: Config) -> None:
    """Refuse a configuration that holds other holidays than the dataset.

    Args:
        folder: the dataset's folder.
        present: the dataset's manifest.
        config: the configuration to build.

    Raises:
        RequestError: holidays differ; the message names calendars and days.
    """
    if others := contradictions(present.holiday_days, config):
        raise RequestError(
            f"out: {str(folder)!r} holds a dataset with other holidays of {', '.join(others)}; "
            "add --overwrite to replace it"
        )


def other_library(folder: Path, kept: HolidayDays | None, config: Config) -> Iterator[str]:
    """Yield a line if the installed library has other holidays than those that are kept.

    Args:
        folder: the dataset's folder.
        kept: the holidays that are kept, if any.
        config: the configuration to build.
    """
    library_config = config.model_copy(update={"holiday_days": None})
    if others := contradictions(kept, library_config):
        version = importlib.metadata.version("holidays")
        yield (
            f"{folder}: keeps its holidays; holidays {version} has others of {', '.join(others)}; "
            "--overwrite takes these"
        )
