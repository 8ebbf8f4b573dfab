"""Sections of how servers move: noise that remembers, shapes, states, spread. Each is off unless configured."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from capgen.settings.types import Correlation, Factor, Frozen, Name, Probability, Section

MOST_HALF_LIFE_HOURS = 30 * 24  # so that a year's end does not remember the year's start
MOST_STATES = 8  # more fit real telemetry worse, out of sample
_SHORTEST_HALF_LIFE_HOURS = 0.001  # what is shorter leaves nothing after a minute
_SMALLEST_SHARE = 1e-6  # between two quantiles, and beyond the first and the last
_MOST_RELATIVE_SD = 10


def _check_half_life(hours: float) -> float:
    if 0 < hours < _SHORTEST_HALF_LIFE_HOURS:
        raise ValueError(f"expected 0 or at least {_SHORTEST_HALF_LIFE_HOURS}")
    return hours


HalfLife = Annotated[float, Field(ge=0, le=MOST_HALF_LIFE_HOURS), AfterValidator(_check_half_life)]
MOST_STICKINESS = 0.998  # so that a state is forgotten within a year
Stickiness = Annotated[float, Field(ge=0, le=MOST_STICKINESS)]
ParameterPath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,4}$")]
Weight = Annotated[float, Field(ge=0, le=1e6)]
HourWeights = Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24)]


class NoisePart(Section):
    """A part of the noise: after its half-life, half of a deviation is left."""

    half_life_hours: HalfLife
    share: Frozen[Name, Probability]
    correlation: Frozen[str, Correlation] = Field(default_factory=dict)


class Quantile(Section):
    """A point of a distribution."""

    at: Annotated[float, Field(ge=_SMALLEST_SHARE, le=1 - _SMALLEST_SHARE)]
    value: Annotated[float, Field(ge=-1e6, le=1e6)]


def _check_quantiles(quantiles: tuple[Quantile, ...]) -> tuple[Quantile, ...]:
    pairs = list(pairwise(quantiles))
    if any(left.at >= right.at or left.value > right.value for left, right in pairs):
        raise ValueError("expected quantiles that climb: each at a higher share, none at a lower value")
    if any(right.at - left.at < _SMALLEST_SHARE for left, right in pairs):
        raise ValueError(f"expected quantiles that lie {_SMALLEST_SHARE:g} or more apart")
    if quantiles[0].value == quantiles[-1].value:
        raise ValueError("expected quantiles of more than one value")
    return quantiles


Quantiles = Annotated[tuple[Quantile, ...], Field(min_length=2, max_length=199), AfterValidator(_check_quantiles)]


class Chances(Section):
    """Weights of a state: one for all hours, or one each hour of the day."""

    weekday: Weight | HourWeights
    weekend: Weight | HourWeights | None = None


class State(Section):
    """One of the states that a server moves between."""

    chances: Chances
    stickiness: Stickiness = 0
    level: Frozen[Name, Factor] = Field(default_factory=dict)
    spread: Frozen[Name, Factor] = Field(default_factory=dict)
    quantiles: Frozen[Name, Quantiles] = Field(default_factory=dict)
    correlation: Frozen[str, Correlation] | None = None
    swing: Annotated[float, Field(ge=-1, le=1)] = 0


class Swing(Section):
    """How the chances of states swing over days, server by server."""

    half_life_hours: Annotated[float, Field(ge=1, le=MOST_HALF_LIFE_HOURS)]
    strength: Probability


class Regimes(Section):
    """States, the chances of each, and how these swing."""

    states: Annotated[Frozen[Name, State], Field(min_length=1, max_length=MOST_STATES)]
    swing: Swing | None = None


class Spread(Section):
    """How a parameter differs between servers: × a lognormal with mean 1, or + a normal with mean 0."""

    kind: Literal["lognormal", "normal"] = "lognormal"
    sd: Annotated[float, Field(ge=0, le=1e6)]

    @model_validator(mode="after")
    def _sd_of_a_lognormal_is_relative(self) -> Self:
        if self.kind == "lognormal" and self.sd > _MOST_RELATIVE_SD:
            raise ValueError(f"expected an sd of at most {_MOST_RELATIVE_SD} × the parameter, got {self.sd:g}")
        return self


class Shared(Section):
    """Which share of the noise's variance, and of the changes of state, is common to a group of servers."""

    noise: Probability = 0
    states: Probability = 0


class SharedMovement(Section):
    """What servers of an app, of a region, or all, have in common."""

    app: Shared = Shared()
    region: Shared = Shared()
    fleet: Shared = Shared()

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        for what in ("noise", "states"):
            total = sum(getattr(each, what) for each in (self.app, self.region, self.fleet))
            if total > 1:
                raise ValueError(f"expected shares of {what} that sum to at most 1, got {total:g}")
        return self


Shape = Literal["normal", "lognormal", "quantiles"]
