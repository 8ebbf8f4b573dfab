"""Names the place of a dataset: a folder, or a prefix in an object store."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import Any, cast

from capgen.errors import RequestError
from capgen.system.paths import local_path, working_folder

# By the scheme of their addresses: the library that reaches them, and what it is set to. Listings
# must be fresh, and a block is what a worker holds of a file on its way.
_BLOCK_BYTES = 8 * 2**20
_LIBRARIES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {
        "default_block_size": _BLOCK_BYTES,
        "config_kwargs": {
            "connect_timeout": 10,
            "read_timeout": 60,
        },  # AWS_MAX_ATTEMPTS says how often, else 5 times
    },
    "gs": {"block_size": _BLOCK_BYTES},
    "az": {"blocksize": _BLOCK_BYTES},
}
_ADDRESS = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]*)://?(.*)", re.DOTALL
)  # pathlib makes one slash of two
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_SEGMENT = re.compile(r"[A-Za-z0-9!_.'()=+,:@~ -]+")


def locate(text: str | os.PathLike[str]) -> Path:
    """Return the place that a name stands for.

    Args:
        text: a folder or file; or an address such as s3://bucket/prefix, which then behaves as a
            path.

    Raises:
        RequestError: an empty name, the home of a user who has none, or an address that is
            malformed or holds credentials, or whose library is not installed.
    """
    if is_store(text) and not isinstance(text, str):
        return cast(Path, text)
    address = _ADDRESS.fullmatch(os.fspath(text))
    if address is None or (address[1] not in _LIBRARIES and "://" not in os.fspath(text)):
        return local_path(text)
    return _store(address[1], address[2])


def from_here(place: Path) -> str:
    """Return the shortest name that stands for a place in the current folder.

    Args:
        place: an absolute path, or one in a store.
    """
    here = None if is_store(place) else working_folder()
    near = str(place.relative_to(here) if here and place.is_relative_to(here) else place)
    return f"./{near}" if near.startswith("~") else near  # a home, without it


def is_store(place: object) -> bool:
    """Tell whether a place is in an object store.

    Args:
        place: from `locate`, or an address.
    """
    if isinstance(place, str):
        address = _ADDRESS.fullmatch(place)
        return address is not None and address[1] in _LIBRARIES
    return hasattr(place, "fs")


def _store(scheme: str, rest: str) -> Path:
    """Return a place in a store.

    What is malformed is not repeated: there may be credentials in it.
    """
    if scheme not in _LIBRARIES:
        known = ", ".join(f"{each}://" for each in _LIBRARIES)
        raise RequestError(
            f"expected a folder, or an address that begins with {known}; got one with {scheme}://"
        )
    bucket, _, prefix = rest.partition("/")
    segments = prefix.strip("/").split("/")
    if "@" in bucket or "?" in rest:
        raise RequestError(
            f"{scheme}://…: expected {scheme}://bucket/prefix, "
            "got an address with credentials in it; leave them to "
            "the environment or a profile"
        )
    if (
        not _BUCKET.fullmatch(bucket)
        or not all(map(_SEGMENT.fullmatch, segments))
        or {".", ".."} & set(segments)
    ):
        raise RequestError(
            f"{scheme}://…: expected {scheme}://bucket/prefix, of plain characters; "
            "got another form"
        )
    _require(scheme)
    from upath import UPath

    place = UPath(
        f"{scheme}://{bucket}/{'/'.join(segments)}", use_listings_cache=False, **_OPTIONS[scheme]
    )
    return cast(Path, place)


def _require(scheme: str) -> None:
    missing = [
        name for name in ("upath", _LIBRARIES[scheme]) if importlib.util.find_spec(name) is None
    ]
    if missing:
        raise RequestError(
            f"{scheme}://…: expected the library {missing[0]}, found none; type: "
            f'pip install "capgen[{scheme}]"'
        )
