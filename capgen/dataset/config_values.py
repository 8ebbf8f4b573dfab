"""A configuration as a manifest names it."""

from __future__ import annotations

from typing import Any

from capgen.config import Config
from capgen.config.layers import WHERE_FILES_LIE

_NOT_NAMED = {
    **dict.fromkeys(("out", "env", "storage", "holiday_days"), True),
    **WHERE_FILES_LIE,
}


def config_values(config: Config) -> dict[str, Any]:
    """Return a configuration as plain data, without its destination and its calendars' days.

    Args:
        config: the panel's configuration.
    """
    return config.model_dump(mode="json", exclude=_NOT_NAMED, exclude_none=True)
