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
MOST_KINDS = 8
MOST_KIND_STICKINESS = 0.97  # so that a kind of day is forgotten within a year
Weight = Annotated[float, Field(ge=0, le=1e6)]
DayWeights = Annotated[tuple[Weight, ...], Field(min_length=7, max_length=7)]
HourWeights = Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24)]


class Chances(Section):
    """Weights of a state: one for all hours, or one each hour of the day.

    Attributes:
        weekday: Monday to Friday.
        weekend: Saturday and Sunday; null: as on weekdays.
    """

    weekday: Weight | HourWeights
    weekend: Weight | HourWeights | None = None


class KindOfDay(Section):
    """A kind of day: how often it comes, and how long it lasts.

    Attributes:
        chances: weight of the kind: one for all days, or one each from Monday to Sunday.
        holiday: its weight on holidays; null in all kinds: holidays are days like others.
        stickiness: chance that the next day is of the same kind, where the chances allow it.
    """

    chances: Weight | DayWeights
    holiday: Weight | None = None
    stickiness: Annotated[float, Field(ge=0, le=MOST_KIND_STICKINESS)] = 0


class State(Section):
    """One of the states that a server moves between.

    Attributes:
        kinds: its weights on days of some kinds, in place of `chances`.
        stickiness: chance to stay for another hour, where the chances allow it.
        level: factor on each metric's mean.
        spread: factor on each metric's standard deviation.
        curve: quantiles of a metric's value / mean, as they are, in place of its shape.
        correlation: of two metrics in this state; null: the archetype's.
        swing: 1: the swing makes it likelier; −1: less likely.
    """

    chances: Chances
    kinds: Frozen[Name, Chances] | None = None
    stickiness: Stickiness = 0
    level: Frozen[Name, Factor] = Field(default_factory=dict)
    spread: Frozen[Name, Factor] = Field(default_factory=dict)
    quantiles: Frozen[Name, Quantiles] = Field(default_factory=dict)
    curve: Frozen[Name, Quantiles] | None = None
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
    """States, the chances of each by hour and kind of day, and how these swing.

    Attributes:
        kinds: what a server's days are, one after the other; null: all are alike.
    """

    states: Annotated[Frozen[Name, State], Field(min_length=1, max_length=MOST_STATES)]
    kinds: Annotated[Frozen[Name, KindOfDay], Field(min_length=1, max_length=MOST_KINDS)] | None = (
        None
    )
    swing: Swing | None = None

    @property
    def kind_names(self) -> list[str]:
        """Names of the kinds of day; an empty one where all days are alike."""
        return list(self.kinds or [""])

    @property
    def has_holidays(self) -> bool:
        """Whether the kinds of day have chances of their own on holidays."""
        return any(kind.holiday is not None for kind in (self.kinds or {}).values())
