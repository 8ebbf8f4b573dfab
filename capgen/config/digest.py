"""A short fingerprint of the model: what the value of a cell depends on, besides the cell itself."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from capgen.config.model import Config

_NOT_THE_MODEL = {"num_servers", "start_date", "end_date", "out", "env", "storage", "truth", "first_columns"}


def config_digest(config: Config) -> str:
    """Return the digest of everything that decides a cell's value.

    Which cells are asked for (servers, dates) and where they go does not count, so a longer or larger
    build of the same model has the same digest. With `trend: window` the dates do count: growth then
    depends on them by definition.

    Args:
        config: a valid configuration.

    Returns:
        64 hexadecimal digits: SHA-256 of the canonical JSON of the model.
    """
    text = json.dumps(model_values(config), sort_keys=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def model_values(config: Config) -> dict[str, Any]:
    """Return the part of a configuration that decides a cell's value, as plain data.

    Args:
        config: a valid configuration.

    Returns:
        Nested values in the schema's order; metrics keep theirs, because it is the order of the draws.
    """
    values = config.model_dump(mode="json", exclude=_NOT_THE_MODEL, exclude_none=True)
    if config.growth.trend == "window":
        values["growth"] = {"trend": "window", "start_date": str(config.start_date), "end_date": str(config.end_date)}
    else:
        values["growth"]["origin"] = str(config.growth_origin)
    return values
