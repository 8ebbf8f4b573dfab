"""Listed events that would vanish: no cell of the panel shows them."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.config import Config
from capgen.errors import ConfigError
from capgen.panel.fleet import fleet_frame
from capgen.panel.layers.events import labels_of, listed_events


def refuse_vanished(config: Config) -> None:
    """Refuse events that touch nothing of a dataset to be built; a scan may be of any part of a panel.

    Args:
        config: a valid configuration.

    Raises:
        ConfigError: names the listed events outside of the window, and those of no server.
    """
    problems = list(_vanished(config)) if config.layers.events else []
    if problems:
        raise ConfigError(*problems)


def _vanished(config: Config) -> Iterator[str]:
    listed = config.layers.events.listed if config.layers.events else {}
    axis = config.axis
    inside = {each.event.id: each for each in listed_events(config, axis, axis.span)}
    servers = list(labels_of(fleet_frame(config))) if listed else []
    for name, wanted in listed.items():
        path = f"layers.events.listed.{name}"
        if name not in inside:
            until = "on" if wanted.end is None else f"to {wanted.end:%Y-%m-%d %H:%M}"
            window = f"{config.start_date} to {config.end_date}"
            yield (
                f"{path}: expected some of the window {window}, got {wanted.start:%Y-%m-%d %H:%M} "
                f"{until}; {_way_out(path)}"
            )
        elif not any(map(inside[name].includes, servers)):
            subject = inside[name].event.subject
            yield (
                f"{path}: expected servers to happen to, got none of {config.num_servers} with "
                f"{subject.name!r} ({subject.scope}); {_way_out(path)}"
            )


def _way_out(path: str) -> str:
    return f"change it, or take it away with --set {path}=null"
