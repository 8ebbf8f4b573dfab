"""Notes about a configuration that works, but may surprise."""

from __future__ import annotations

import math
from collections.abc import Iterator

from capgen.config import Config
from capgen.config.known_years import unknown_holidays
from capgen.config.repairs import repairs
from capgen.config.shares import SHARE_TOLERANCE
from capgen.panel.fleet import archetype_counts
from capgen.words import counted


def notes_of(config: Config) -> Iterator[str]:
    """Yield what a user should know before a command goes on.

    Args:
        config: the panel's configuration.
    """
    for path, distance in repairs(config).items():
        yield (
            f"{path} was impossible; took the nearest possible matrix, "
            f"largest change {distance:.4f}"
        )
    yield from unknown_holidays(config)
    yield from _small_fleet(config)


def _small_fleet(config: Config) -> Iterator[str]:
    shares = {name: archetype.share for name, archetype in config.archetypes.items()}
    empty = [name for name, count in archetype_counts(config).items() if not count and shares[name]]
    if empty:
        fewest = {name: math.ceil(1 / shares[name] - SHARE_TOLERANCE) for name in empty}
        firsts = ", ".join(f"{name} (needs {count})" for name, count in fewest.items())
        yield f"num_servers: {counted(config.num_servers, 'server')}, too few for {firsts}"
