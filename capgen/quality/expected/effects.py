"""The effects that a panel may have, each of which a rule looks for under its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from capgen.config import Config
from capgen.panel.layers.server_growth import has_own_growth


class Effect(NamedTuple):
    """Something that changes what values are on average.

    Args:
        name: of the effect, and of the rule that looks for it.
        what: the same in words.
        is_there: tells whether a configuration has it.
        never: why it may change nothing.
        adds_up: whether levels mix by their mean under it, whatever the noise.
    """

    name: str
    what: str
    is_there: Callable[[Config], bool]
    never: str = "the layer changes nothing"
    adds_up: bool = False


def _always(_config: Config) -> bool:
    return True


SERVER_SPREAD = Effect(
    "server_spread",
    "spread of parameters between servers",
    lambda config: any(each.spread for each in config.archetypes.values()),
)
EFFECTS = (
    Effect("business_hours", "effect of business hours", _always, "no timestamp has business hours"),
    Effect("weekend", "weekend effect", _always, "the window has no weekend"),
    Effect("eoq", "end-of-quarter effect", _always, "the window has no end of quarter"),
    Effect("holiday", "holiday effect", _always, "the window has no holiday"),
    Effect("growth", "growth", _always, "nothing grows"),
    Effect(
        "season",
        "annual season",
        lambda config: bool(config.layers.annual_season),
        "no metric has a season",
    ),
    Effect(
        "server_offset",
        "difference of levels between servers",
        lambda config: bool(config.layers.server_offset),
    ),
    Effect(
        "server_growth",
        "difference of growth between servers",
        lambda config: any(has_own_growth(config, each) for each in config.archetypes.values()),
    ),
    Effect(
        "profile_spread",
        "difference of daily profiles between servers",
        lambda config: any(each.profile for each in config.archetypes.values()),
    ),
    Effect(
        "resize",
        "fall after a resize",
        lambda config: bool(config.layers.server_life and config.layers.server_life.resize),
    ),
    SERVER_SPREAD,
    Effect(
        "regimes",
        "difference of levels between states",
        lambda config: any(each.regimes for each in config.archetypes.values()),
        adds_up=True,
    ),
)


def effects_of(config: Config) -> list[Effect]:
    """Return the effects that a panel may have.

    Args:
        config: a valid configuration.
    """
    return [each for each in EFFECTS if each.is_there(config)]
