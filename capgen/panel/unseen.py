"""What is configured at a set time and no cell of the panel would show."""

from __future__ import annotations

from capgen.config import Config
from capgen.errors import ConfigError
from capgen.panel.fleet import fleet_frame
from capgen.panel.layered import facts_of, switched_on


def refuse_unseen(config: Config) -> None:
    """Refuse what would not show in a dataset to be built; a scan may be of any part of a panel.

    Args:
        config: a valid configuration.

    Raises:
        ConfigError: names what lies outside of the window, and what no server takes part in.
    """
    every = [
        problem
        for layer, settings in switched_on(config)
        for problem in layer.unseen(settings, facts_of(config), fleet_frame(config))
    ]
    if every:
        raise ConfigError(*every)
