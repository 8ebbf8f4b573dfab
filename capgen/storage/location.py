"""Finds the place that a user names: a local path, or one in an object store."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import Any, cast

from capgen.errors import RequestError
from capgen.system.paths import StrPath, local_path, working_folder

_BLOCK_BYTES = 8 * 2**20  # what a worker holds in memory of a file that it writes
# The library and its options by the scheme of an address.
_LIBRARIES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs"}
_S3_TIMEOUTS = {"connect_timeout": 10, "read_timeout": 60}  # AWS_MAX_ATTEMPTS times, else 5 times
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {"default_block_size": _BLOCK_BYTES, "config_kwargs": _S3_TIMEOUTS},
    "gs": {"block_size": _BLOCK_BYTES},
    "az": {"blocksize": _BLOCK_BYTES},
}
# One slash is enough: pathlib makes one of two.
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://?(.*)", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_SEGMENT = re.compile(r"[A-Za-z0-9!_.'()=+,:@~ -]+")


def locate(text: StrPath) -> Path:
    """Return the place that a name stands for.

    Args:
        text: a folder, a file, or an address such as `s3://bucket/prefix`.

    Returns:
        A local path, or an object that behaves like a path for an address.

    Raises:
        RequestError: the name is empty or begins with the home of a user who has none; or the
            address is malformed, holds credentials, or needs a library that is not installed.
    """
    if is_store(text) and not isinstance(text, str):
        return cast(Path, text)
    address = _ADDRESS.fullmatch(os.fspath(text))
    if address is None or (address[1] not in _LIBRARIES and "://" not in os.fspath(text)):
        return local_path(text)
    return _store(address[1], address[2])


def from_here(place: Path) -> str:
    """Return the shortest name of a place, as seen from the working folder.

    Args:
        place: an absolute path, or one in a store.
    """
    folder = None if is_store(place) else working_folder()
    name = str(place.relative_to(folder) if folder and place.is_relative_to(folder) else place)
    return f"./{name}" if name.startswith("~") else name  # without ./ it would be a home


def is_store(place: object) -> bool:
    """Tell whether a place is in an object store.

    Args:
        place: a path as `locate` returns it, or an address.
    """
    if isinstance(place, str):
        address = _ADDRESS.fullmatch(place)
        return address is not None and address[1] in _LIBRARIES
    return hasattr(place, "fs")


def _store(scheme: str, rest: str) -> Path:
    """Return a place in a store; a malformed address is not repeated: it may hold credentials."""
    if scheme not in _LIBRARIES:
        known = ", ".join(f"{each}://" for each in _LIBRARIES)
        raise RequestError(
            f"expected a folder, or an address that begins with {known}; got one with {scheme}://"
        )
    bucket, _, prefix = rest.partition("/")
    segments = prefix.strip("/").split("/")
    if "@" in bucket or "?" in rest:
        raise RequestError(
            f"{scheme}://…: expected {scheme}://bucket/prefix, got an address with credentials in "
            "it; leave them to the environment or a profile"
        )
    if not _is_plain(bucket, segments):
        raise RequestError(
            f"{scheme}://…: expected {scheme}://bucket/prefix, of plain characters; "
            "got another form"
        )
    _require(scheme)
    from upath import UPath

    address = f"{scheme}://{bucket}/{'/'.join(segments)}"
    # Another process may write there: a cached listing would not show it.
    return cast(Path, UPath(address, use_listings_cache=False, **_OPTIONS[scheme]))


def _is_plain(bucket: str, segments: list[str]) -> bool:
    if not _BUCKET.fullmatch(bucket) or {".", ".."} & set(segments):
        return False
    return all(map(_SEGMENT.fullmatch, segments))


def _require(scheme: str) -> None:
    for name in ("upath", _LIBRARIES[scheme]):
        if importlib.util.find_spec(name) is None:
            raise RequestError(
                f"{scheme}://…: expected the library {name}, found none; "
                f'type: pip install "capgen[{scheme}]"'
            )
