"""The mean of each drawn metric of some servers: the archetype's, and what is a server's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.panel.layers.profile import (
    DAY_HOURS,
    NIGHT_COLUMN,
    NIGHT_HOURS,
    STRENGTH_COLUMN,
    WEEKDAYS,
    profile_factor,
)
from capgen.panel.layers.server_growth import GROWTH_COLUMN, has_own_growth
from capgen.panel.layers.server_life import resize_factor
from capgen.panel.layers.server_offset import offset_column
from capgen.panel.layers.server_spread import (
    BUSINESS_HOURS,
    OFFICE_FLAG,
    WEEKEND,
    WEEKEND_FLAG,
    of_server,
    spread_column,
)
from capgen.panel.metrics import mean_column

Dates = Mapping[str, Mapping[str, Floats]]  # columns of the date frames, by clock


class ServerMeans:
    """Works out the means of some servers of one archetype.

    Args:
        config: a valid configuration.
        archetype: its name.
        dates: columns of the date frames that the servers follow, by clock.
        clocks: those that the servers follow.
        lasting: what the servers were given once, by column of the server frame, shape (servers, 1).
    """

    def __init__(
        self, config: Config, archetype: str, dates: Dates, clocks: Sequence[str], lasting: Mapping[str, Floats]
    ) -> None:
        self._config, self._name, self._archetype = config, archetype, config.archetypes[archetype]
        self._dates, self._clocks, self._servers = dates, clocks, lasting

    @classmethod
    def of_frame(cls, config: Config, archetype: str, dates: Dates, servers: pl.DataFrame) -> ServerMeans:
        """Return what works out the means of a server frame.

        Args:
            config: a valid configuration.
            archetype: its name.
            dates: columns of the date frames that the servers follow, by clock.
            servers: the server frame.
        """
        floats = [name for name, kind in servers.schema.items() if kind == pl.Float64]
        lasting = {name: servers[name].to_numpy()[:, None] for name in floats}
        return cls(config, archetype, dates, servers["clock"].to_list(), lasting)

    def some(self, servers: slice) -> ServerMeans:
        """Return the same for some of the servers."""
        lasting = {name: column[servers] for name, column in self._servers.items()}
        return ServerMeans(self._config, self._name, self._dates, self._clocks[servers], lasting)

    @property
    def lasting(self) -> Mapping[str, Floats]:
        """What the servers were given once, by column of the server frame, each of shape (servers, 1)."""
        return self._servers

    @property
    def are_common(self) -> bool:
        """Whether all servers have the same means."""
        resize = self._config.layers.server_life and self._config.layers.server_life.resize
        follows_profile = self._archetype.profile is not None
        own = {name for name in self._servers if name != STRENGTH_COLUMN and name != NIGHT_COLUMN}
        return len(self._dates) == 1 and not own and not follows_profile and not resize

    def of(self, keys: Sequence[str], steps: slice) -> list[Floats]:
        """Return the mean of some drawn metrics, each of shape (steps,) where it is common, else (servers, steps).

        Args:
            keys: of the metrics.
            steps: of the date frames.
        """
        if self.are_common:
            ((_, columns),) = self._dates.items()
            return [columns[mean_column(key)][steps] for key in keys]
        means = [self._by_clock(mean_column(key), steps) for key in keys]
        profile = self._profile(steps) if self._archetype.profile else None
        for key, mean in zip(keys, means, strict=True):
            self._multiply(key, mean, steps, profile)
        self._resize(keys, means, steps)
        return means

    def _profile(self, steps: slice) -> tuple[Floats, Floats]:
        """Return what the archetype's hours and weekdays add to a factor of 1, each of shape (servers, steps)."""
        is_night = self._servers[NIGHT_COLUMN] == 1
        hours = np.where(is_night, self._by_clock(NIGHT_HOURS, steps), self._by_clock(DAY_HOURS, steps))
        return hours - 1, self._by_clock(WEEKDAYS, steps) - 1

    def _multiply(self, key: str, mean: Floats, steps: slice, profile: tuple[Floats, Floats] | None) -> None:
        """Lay what is a server's own over the mean, in place: profile, growth, offset."""
        response = self._config.metrics[key].response
        if profile:
            for weight, more in zip((response.business_hours, response.weekend), profile, strict=True):
                if weight:
                    mean *= profile_factor(weight, self._servers[STRENGTH_COLUMN], more)
        self._spread(key, mean, steps)
        if has_own_growth(self._config, self._archetype) and response.growth:
            mean *= np.maximum(1 + response.growth * self._growth(steps), 0.0)
        if offset_column(key) in self._servers:
            mean *= self._servers[offset_column(key)]

    def _spread(self, key: str, mean: Floats, steps: slice) -> None:
        """Lay the parameters of the servers' own over the mean, in place: business hours, weekend, base."""
        spread, response = self._archetype.spread, self._config.metrics[key].response
        if BUSINESS_HOURS in spread and response.business_hours:
            more = self._servers[spread_column(BUSINESS_HOURS)] - 1
            mean *= 1 + response.business_hours * more * self._by_clock(OFFICE_FLAG, steps)
        if WEEKEND in spread and response.weekend:
            more = self._servers[spread_column(WEEKEND)] - 1
            mean *= 1 + response.weekend * more * self._by_clock(WEEKEND_FLAG, steps)
        if f"base.{key}" in spread:
            mean *= self._servers[spread_column(f"base.{key}")]

    def _growth(self, steps: slice) -> Floats:
        if has_own_growth(self._config, self._archetype):
            growth: Floats = self._servers[GROWTH_COLUMN] * self._by_clock("growth_time", steps)
        else:
            growth = self._archetype.growth_percent_per_month / 100 * self._by_clock("growth_time", steps)
        return growth

    def _resize(self, keys: Sequence[str], means: Sequence[Floats], steps: slice) -> None:
        life = self._config.layers.server_life
        resize = life.resize if life else None
        if resize and set(resize.metrics) & set(keys):
            response = self._config.metrics[resize.metric].response.growth
            grown = 1 + response * np.maximum(self._growth(steps), 0.0)
            base = of_server(self._archetype, f"base.{resize.metric}", self._servers)
            level = base * grown * self._servers.get(offset_column(resize.metric), 1.0)
            factor = resize_factor(resize, level)
            for key, mean in zip(keys, means, strict=True):
                if key in resize.metrics:
                    mean *= factor

    def _by_clock(self, column: str, steps: slice) -> Floats:
        return np.stack([self._dates[clock][column][steps] for clock in self._clocks])
