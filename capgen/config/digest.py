"""Digests of the model: of all that a cell's value depends on, besides the cell itself."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from capgen.config.holiday_days import resolved_days
from capgen.config.layers import WHERE_FILES_LIE
from capgen.config.model import Config
from capgen.timeline.federal_days import federal_days

_NOT_THE_MODEL = {
    **dict.fromkeys(("num_servers", "start_date", "end_date", "out", "env", "storage"), True),
    **dict.fromkeys(("truth", "first_columns", "holiday_days"), True),
    **WHERE_FILES_LIE,
}
_SETTLED_CALENDAR = "US observed"


def model_digest(config: Config) -> str:
    """Return the digest of everything that decides a cell's value, with the days of the holidays.

    The holidays are those of the window, so another window may have another digest. The federal
    holidays of the United States are left out: with these alone, it is the configuration's digest.

    Args:
        config: the panel's configuration.

    Returns:
        64 hexadecimal digits: SHA-256 of the canonical JSON of the model.
    """
    values = model_values(config)
    days = _days_to_mention(config)
    return _digest({**values, "holiday_days": days} if days else values)


def config_digest(config: Config) -> str:
    """Return the digest of the configured model, which names calendars but not their days.

    The requested cells (servers, dates) and their destination do not count, so a longer or larger
    build of the same model has the same digest. With `trend: window` the dates do count, because
    growth depends on them by definition.

    Args:
        config: the panel's configuration.

    Returns:
        64 hexadecimal digits: SHA-256 of the canonical JSON of the model.
    """
    return _digest(model_values(config))


def _digest(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _days_to_mention(config: Config) -> dict[str, list[str]]:
    """Return the holidays by calendar, without those that a law has settled."""
    resolved = resolved_days(config)
    settled = federal_days(resolved.first, resolved.last)
    mentioned: dict[str, list[str]] = {}
    for name, days in sorted(resolved.days.items()):
        if name != _SETTLED_CALENDAR or days != settled:
            mentioned[name] = [str(day) for day in days]
    return mentioned


def model_values(config: Config) -> dict[str, Any]:
    """Return the part of a configuration that decides a cell's value, as plain data.

    Args:
        config: the panel's configuration.

    Returns:
        Nested values in the schema's order; metrics keep their own, which is the order of draws.
    """
    values = config.model_dump(mode="json", exclude=_NOT_THE_MODEL, exclude_none=True)
    if config.growth.trend == "window":
        values["growth"] = {
            "trend": "window",
            "start_date": str(config.start_date),
            "end_date": str(config.end_date),
        }
    else:
        values["growth"]["origin"] = str(config.growth_origin)
    return values
