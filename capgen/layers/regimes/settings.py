"""Settings of states."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from capgen.settings.half_life import MOST_HALF_LIFE_HOURS
from capgen.settings.quantiles import Quantiles
from capgen.settings.types import Correlation, Factor, Frozen, Name, Probability, Section

MOST_STATES = 8  # more fit real telemetry worse, out of sample
MOST_STICKINESS = 0.998  # so that a state is forgotten within a year
Stickiness = Annotated[float, Field(ge=0, le=MOST_STICKINESS)]
Weight = Annotated[float, Field(ge=0, le=1e6)]
HourWeights = Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24)]


class Chances(Section):
    """Weights of a state: one for all hours, or one each hour of the day.

    Attributes:
        weekday: Monday to Friday.
        weekend: Saturday and Sunday; null: as on weekdays.
    """

    weekday: Weight | HourWeights
    weekend: Weight | HourWeights | None = None


class State(Section):
    """One of the states that a server moves between.

    Attributes:
        stickiness: chance to stay for another hour, where the chances allow it.
        level: factor on each metric's mean.
        spread: factor on each metric's standard deviation.
        correlation: of two metrics in this state; null: the archetype's.
        swing: 1: the swing makes it likelier; −1: less likely.
    """

    chances: Chances
    stickiness: Stickiness = 0
    level: Frozen[Name, Factor] = Field(default_factory=dict)
    spread: Frozen[Name, Factor] = Field(default_factory=dict)
    quantiles: Frozen[Name, Quantiles] = Field(default_factory=dict)
    correlation: Frozen[str, Correlation] | None = None
    swing: Annotated[float, Field(ge=-1, le=1)] = 0


class Swing(Section):
    """How the chances of states swing over days, server by server.

    Attributes:
        half_life_hours: until half of a swing is left.
        strength: of the swing; 0: none.
    """

    half_life_hours: Annotated[float, Field(ge=1, le=MOST_HALF_LIFE_HOURS)]
    strength: Probability


class Regimes(Section):
    """States, the chances of each, and how these swing."""

    states: Annotated[Frozen[Name, State], Field(min_length=1, max_length=MOST_STATES)]
    swing: Swing | None = None
