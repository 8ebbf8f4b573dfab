"""Which panels a build with a clean twin is of, and where each goes."""

from __future__ import annotations

from pathlib import Path

from capgen.config import Config
from capgen.config.storage import full_name
from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.storage.place import place_of


def with_twin(config: Config, out: str | None, twin: str) -> list[tuple[Config, str | None]]:
    """Return a panel and its clean twin, with where each is to be built.

    Args:
        config: of the panel.
        out: where it goes; the configuration's `out` without one.
        twin: where its clean twin goes.

    Raises:
        RequestError: one of the places cannot be built into, or one lies in the other.
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
