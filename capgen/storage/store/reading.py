"""How Polars reads a store: with a client of its own, but the same credentials."""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import Any

_SECONDS_GOOD = 600  # those of a role are made anew before they are closer to their end


def polars_options(folder: Path) -> dict[str, Any]:
    """Return what Polars must be told to read below a place.

    Args:
        folder: from `locate`.

    Returns:
        For S3 the usual chain of credentials, profiles and roles included; other places need
        nothing.
    """
    if getattr(folder, "protocol", None) == "s3":
        return {"credential_provider": _credentials}
    return {}


def _credentials() -> tuple[dict[str, str], int]:
    """Find credentials.

    Polars asks again before the time, in seconds since 1970, at which they may have changed.
    """
    session: Any = importlib.import_module("botocore.session").get_session()  # comes with s3fs
    frozen = session.get_credentials().get_frozen_credentials()
    found = {
        "aws_access_key_id": frozen.access_key,
        "aws_secret_access_key": frozen.secret_key,
        "aws_session_token": frozen.token,
    }
    return {name: value for name, value in found.items() if value}, int(time.time()) + _SECONDS_GOOD
