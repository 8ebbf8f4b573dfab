"""How Polars' own client and DuckDB read a store: with capgen's credentials, and few questions."""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_SECONDS_GOOD = 600  # a role's credentials are renewed at least this long before they expire


def polars_options(folder: Path) -> dict[str, Any]:
    """Return the options that Polars needs to read below a folder.

    Args:
        folder: a local path, or one in a store.

    Returns:
        For S3 the usual chain of credentials, with profiles and roles; nothing for other places.
    """
    if getattr(folder, "protocol", None) == "s3":
        return {"credential_provider": _credentials}
    return {}


def _credentials() -> tuple[dict[str, str], int]:
    """Return credentials and the time, in seconds since 1970, when Polars must ask again."""
    session: Any = importlib.import_module("botocore.session").get_session()  # comes with s3fs
    frozen = session.get_credentials().get_frozen_credentials()
    found = {
        "aws_access_key_id": frozen.access_key,
        "aws_secret_access_key": frozen.secret_key,
        "aws_session_token": frozen.token,
    }
    return {name: value for name, value in found.items() if value}, int(time.time()) + _SECONDS_GOOD


def listed(store: Any, files: Sequence[Path]) -> Any:
    """Return a store's library that knows how large files are from one listing of their folders.

    Without it, each opening of a file asks the store several times.

    Args:
        store: the library.
        files: objects in the store.
    """
    knowing = type(store)(**{**store.storage_options, "use_listings_cache": True})
    with suppress(Exception):  # what is wrong shows when they are read
        for folder in {file.parent.path for file in files}:  # type: ignore[attr-defined]
            knowing.ls(folder, refresh=True)
    return knowing
