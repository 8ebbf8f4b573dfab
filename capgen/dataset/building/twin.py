"""Pairs a panel with its clean twin, and checks their folders."""

from __future__ import annotations

from pathlib import Path

from capgen.config import Config
from capgen.config.storage import full_name
from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.storage.place import place_of


def with_twin(config: Config, out: str | None, twin: str) -> list[tuple[Config, str | None]]:
    """Return the configurations and folders of a panel and of its clean twin.

    Args:
        config: the panel's configuration.
        out: the panel's folder; by default the configuration's `out`.
        twin: the clean twin's folder.

    Raises:
        RequestError: one of the folders cannot be built into, or lies in the other.
    """
    places = [place_of(locate(full_name(config, folder))) for folder in (out, twin)]
    for place in places:
        place.check()
    _check_apart(*(place.target for place in places))
    return [(config, out), (config.clean_twin(), twin)]


def _check_apart(out: Path, twin: Path) -> None:
    if out.is_relative_to(twin) or twin.is_relative_to(out):
        raise RequestError(
            f"--clean-twin: expected a folder apart from {str(out)!r}, got {str(twin)!r}"
        )
