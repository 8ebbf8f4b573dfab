"""Profiles: factors of hours and weekdays, which servers follow more or less, or at night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from capgen.draws.arrays import Floats
from capgen.draws.once import lasting_normals, lognormal
from capgen.draws.streams import stream
from capgen.layers.answers import Effect, Neutral
from capgen.layers.layer import Layer
from capgen.layers.response import responses
from capgen.layers.scope import Kind, Scope
from capgen.layers.servers import Servers
from capgen.settings.types import Factor, Probability, RelativeSd, Section

_STRENGTH = "profile.strength"  # how strongly a server follows it; 0: not at all
_NIGHT = "profile.is_night"
_BY_DAY = "profile.by_day"
_BY_NIGHT = "profile.by_night"
_BY_WEEKDAY = "profile.by_weekday"
_HALF_A_DAY = 12


class ProfileSpread(Section):
    """How the profiles of an archetype's servers differ.

    Attributes:
        flat_share: of the servers, which have no profile.
        night_share: of the servers, which live 12 hours later.
        strength_sd: of the strength with which the others follow it.
    """

    flat_share: Probability = 0
    night_share: Probability = 0
    strength_sd: RelativeSd = 0

    @model_validator(mode="after")
    def _shares_fit(self) -> ProfileSpread:
        if self.flat_share + self.night_share > 1:
            raise ValueError("expected flat_share and night_share that sum to at most 1")
        return self


class Profile(Section):
    """Factors of the hours and weekdays, in place of business hours and weekend.

    Attributes:
        hours: factor of each hour of the day, from 0.
        weekdays: factor of each weekday, from Monday.
    """

    hours: Annotated[tuple[Factor, ...], Field(min_length=24, max_length=24)]
    weekdays: Annotated[tuple[Factor, ...], Field(min_length=7, max_length=7)]
    spread: ProfileSpread = Field(default_factory=ProfileSpread)


class ProfileLayer(Layer[Profile]):
    """Factors of the hours and weekdays."""

    name = "profile"
    key = "archetypes.*.profile"
    example = (
        "{hours: [0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.8, 1.0, 1.3, 1.4, 1.4, "
        "1.2, 1.3, 1.4, 1.4, 1.3, 1.1, 0.9, 0.7, 0.7, 0.7, 0.7, 0.7], "
        "weekdays: [1, 1.05, 1.05, 1, 0.95, 0.6, 0.5], "
        "spread: {flat_share: 0.2, night_share: 0.2, strength_sd: 0.3}}"
    )
    replaces = ("business_hours", "weekend")
    effects = (Effect("profile_spread", 90, "difference of daily profiles between servers"),)

    def once(self, settings: Profile, servers: Servers) -> dict[str, Floats]:
        """Return how strongly each server follows the profile, and whether at night."""
        seed = servers.kind.seed
        spread = settings.spread
        (normals,) = lasting_normals(seed, servers.ids, "profile strength", 1)
        kinds = np.array([stream(seed, each, "", "profile kind").random() for each in servers.ids])
        strength = lognormal(normals, spread.strength_sd)
        strength[kinds < spread.flat_share] = 0.0
        night = (kinds >= 1 - spread.night_share).astype(np.float64)
        return {_STRENGTH: strength, _NIGHT: night}

    def hours(self, settings: Profile, kind: Kind) -> Iterator[pl.Expr]:
        """Yield the factors of the hours by day and by night, and of the weekday, each less 1."""
        by_day = [factor - 1 for factor in settings.hours]
        by_night = [by_day[hour - _HALF_A_DAY] for hour in range(len(by_day))]
        hour = pl.col("local_hour")
        yield pl.lit(pl.Series(by_day)).gather(hour).alias(_BY_DAY)
        yield pl.lit(pl.Series(by_night)).gather(hour).alias(_BY_NIGHT)
        weekdays = pl.lit(pl.Series([factor - 1 for factor in settings.weekdays]))
        yield weekdays.gather(pl.col("local_weekday")).alias(_BY_WEEKDAY)

    def has_own_means(self, settings: Profile, kind: Kind) -> bool:
        """Each server follows it in its own way."""
        return True

    def own_means(self, settings: Profile, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means by what servers take of hour and weekday, never below 0."""
        strengths = scope.lasting[_STRENGTH][:, 0]
        nights = scope.lasting[_NIGHT][:, 0]
        for server in np.flatnonzero(strengths).tolist():  # the others' means are multiplied by 1
            dates = scope.dates[scope.clocks[server]]
            hours = dates[_BY_NIGHT if nights[server] else _BY_DAY][scope.steps]
            by_hour = responses(strengths[server], hours)
            by_weekday = responses(strengths[server], dates[_BY_WEEKDAY][scope.steps])
            for key, mean in means.items():
                response = scope.kind.metrics[key].response
                if response.business_hours:
                    mean[server] *= by_hour(response.business_hours)
                if response.weekend:
                    mean[server] *= by_weekday(response.weekend)

    def makes_servers_differ(self, settings: Profile) -> bool:
        """Each follows it in its own way."""
        return True

    def neutral(self, settings: Profile, kind: Kind) -> Iterator[Neutral]:
        """Yield level hours and weekdays, and servers that follow the profile alike."""
        level = pl.lit(0.0)
        by_hour = (level.alias(_BY_DAY), level.alias(_BY_NIGHT))
        yield Neutral("business_hours", hours=by_hour)
        yield Neutral("weekend", hours=(level.alias(_BY_WEEKDAY),))
        yield Neutral("profile_spread", servers={_STRENGTH: 1.0, _NIGHT: 0.0})
