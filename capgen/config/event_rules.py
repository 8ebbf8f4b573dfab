"""Rules that tie events to the rest of a configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from capgen.config.dynamics_rules import unknown_names

if TYPE_CHECKING:
    from capgen.config.events import ListedEvent, Scope
    from capgen.config.model import Config


def event_problems(config: Config) -> Iterator[str]:
    """Yield what is wrong with the events.

    Args:
        config: a configuration whose keys are each valid on their own.
    """
    events = config.layers.events
    if events is None:
        return
    drawn = config.drawn_metrics
    for section, entries in (("random", events.random), ("listed", events.listed)):
        for name, event in entries.items():
            here = f"layers.events.{section}.{name}.metrics"
            yield from unknown_names(here, event.metrics, drawn)
            if event.type != "outage" and not event.metrics:
                yield f"{here}: expected at least one metric"
    for name in events.listed:
        if name in events.random:
            yield f"layers.events.listed.{name}: expected a name not yet taken by a random event"
    for name, listed in events.listed.items():
        yield from _condition_problems(f"layers.events.listed.{name}", listed, config)


def _condition_problems(section: str, event: ListedEvent, config: Config) -> Iterator[str]:
    before = section if event.where is None else f"{section}.where"
    for scope, values in event.condition.items():
        yield from _value_problems(f"{before}.{scope}", scope, values, config)


def _value_problems(path: str, scope: Scope, values: Iterable[str], config: Config) -> Iterator[str]:
    fleet = config.fleet
    if scope == "server":
        example = fleet.server_id_format.format(index=fleet.first_index)
        for each in values:
            if not _is_server_id(each, config):
                yield (f"{path}: expected the id of a server of the fleet, such as {example}, got {each!r}")
    elif scope == "app":
        for each in values:
            if not _is_app(each, config):
                example = f"{next(iter(fleet.business_unit))}-app-0"
                yield f"{path}: expected a name such as {example}, got {each!r}"
    else:
        known = config.archetypes if scope == "server_type" else getattr(fleet, scope)
        yield from unknown_names(path, values, known)


def _is_app(text: str, config: Config) -> bool:
    unit, _, index = text.rpartition("-app-")
    is_number = re.fullmatch(r"0|[1-9][0-9]{0,8}", index) is not None
    known = unit in config.fleet.business_unit
    return known and is_number and int(index) < config.fleet.apps_per_business_unit


def _is_server_id(text: str, config: Config) -> bool:
    form = config.fleet.server_id_format
    number = text.removeprefix(form.split("{")[0]).removesuffix(form.split("}")[1])
    if re.fullmatch(r"[0-9]{1,9}", number) is None:
        return False
    is_in_fleet = 0 <= int(number) - config.fleet.first_index < config.num_servers
    return is_in_fleet and form.format(index=int(number)) == text
