"""Rules for new builds; an existing dataset may break them and is still read."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.config.known_years import holidays_decide_values, unknown_holidays
from capgen.config.model import Config


def request_problems(config: Config) -> Iterator[str]:
    """Yield the problems with a configuration for a new build.

    Args:
        config: the panel's configuration.
    """
    if holidays_decide_values(config):
        yield from unknown_holidays(config)
    for name, archetype in config.archetypes.items():
        for key, base in archetype.base.items():
            low, high = config.metrics[key].clip
            if not low <= base <= high:
                yield (
                    f"archetypes.{name}.base.{key}: expected a base inside metrics.{key}.clip, "
                    f"{low:g} to {high:g}, got {base:g}; change one of the two"
                )
