"""What is configured for a set time but does not show in any cell of the panel."""

from __future__ import annotations

from capgen.config import Config
from capgen.errors import ConfigError
from capgen.panel.fleet import fleet_frame
from capgen.panel.layered import facts_of, switched_on


def refuse_unseen(config: Config) -> None:
    """Refuse what would not show in a dataset to be built; a scan may be of any part of a panel.

    Args:
        config: the panel's configuration.

    Raises:
        ConfigError: names what lies outside of the window, and what no server takes part in.
    """
    problems: list[str] = []
    servers = fleet_frame(config)
    for layer, settings in switched_on(config):
        problems += layer.unseen(settings, facts_of(config), servers)
    if problems:
        raise ConfigError(*problems)
