"""The means that a configuration implies for each group and hour, with all effects and without one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.model import Archetype
from capgen.draws.arrays import Floats
from capgen.panel.layers.profile import DAY_HOURS, NIGHT_COLUMN, NIGHT_HOURS, STRENGTH_COLUMN, WEEKDAYS, profile_dates
from capgen.panel.layers.server_growth import GROWTH_COLUMN, has_own_growth
from capgen.panel.layers.server_offset import offset_column
from capgen.panel.layers.server_spread import GROWTH, parameter, spread_column, spread_dates
from capgen.panel.means import ServerMeans
from capgen.panel.metrics import mean_expressions, neutral_factors
from capgen.quality.expected.calendars import Calendars
from capgen.quality.expected.drift import GROWTH_TIME, REACH, SHARE, Drift
from capgen.quality.expected.lit_hours import lit_hours
from capgen.quality.expected.state_levels import state_levels


class Expectation:
    """What the means of one archetype are.

    Args:
        config: a valid configuration.
        archetype: its name.
        calendars: from `hourly_calendars`.
        rows: its groups.
        schedule: look at the hours that only this schedule's spikes touch; at those that none touches without it.

    Attributes:
        usable: of each group and hour, whether it is looked at.
    """

    def __init__(
        self, config: Config, archetype: str, calendars: Calendars, rows: pl.DataFrame, schedule: int | None = None
    ) -> None:
        self._config, self._name, self._archetype = config, archetype, config.archetypes[archetype]
        self._rows = rows
        self._calendars = {clock: calendars[clock] for clock in rows["clock"].unique().to_list()}
        lit = {clock: lit_hours(config, archetype, clock, schedule) for clock in self._calendars}
        self._lit = [lit[clock] for clock in rows["clock"].to_list()]
        self.usable: NDArray[np.bool_] = np.concatenate([each.usable for each in self._lit])

    def _of_rows(self) -> list[pl.DataFrame]:
        """Return the calendar of each group."""
        return [self._calendars[clock] for clock in self._rows["clock"].to_list()]

    @property
    def lit(self) -> Floats:
        """The chance that a value lies in a spike of the schedule, one for each entry of the means."""
        chances: Floats = np.concatenate([each.chances for each in self._lit])[self.usable]
        return chances

    @property
    def keys(self) -> pl.DataFrame:
        """Columns server_type, group and hour, one row for each entry of the means.

        Hours that are not looked at are left out.
        """
        frames = [
            self._calendars[row["clock"]].select("hour", group=pl.lit(row["group"]), server_type=pl.lit(self._name))
            for row in self._rows.select("group", "clock").iter_rows(named=True)
        ]
        return pl.concat(frames).filter(self.usable)

    def means(self) -> dict[str, Floats]:
        """Return the means of the drawn metrics, by key."""
        return self._means(self._config, self._rows, {}, {})

    def drifts(self) -> dict[str, Drift]:
        """Return how the means of the drawn metrics drift inside of a bucket, by key."""
        share = pl.concat([each[SHARE] for each in self._of_rows()]).to_numpy()[self.usable]
        early, late = (self._at_growth(pl.col(GROWTH_TIME) + sign * pl.col(REACH)) for sign in (-1, 1))
        return {key: Drift(early[key], late[key], share) for key in early}

    def _at_growth(self, growth: pl.Expr) -> dict[str, Floats]:
        return self._means(self._config, self._rows, {}, {"before": [growth.alias(GROWTH_TIME)]})

    def without_effects(self) -> Iterator[tuple[str, dict[str, Floats]]]:
        """Yield each effect and the means of the drawn metrics, by key, with it taken away."""
        for effect, columns in neutral_factors(self._config).items():
            yield effect, self._without(effect, columns)
        yield from self._without_layers()

    def _without(self, effect: str, columns: list[pl.Expr]) -> dict[str, Floats]:
        profile: dict[str, Any] = {"business_hours": [DAY_HOURS, NIGHT_HOURS], "weekend": [WEEKDAYS]}
        after = [pl.lit(1.0).alias(name) for name in profile.get(effect, []) if self._archetype.profile]
        own_growth = {GROWTH_COLUMN: 0.0} if effect == "growth" else {}
        return self._means(self._config, self._rows, own_growth, {"before": columns, "after": after})

    def _without_layers(self) -> Iterator[tuple[str, dict[str, Floats]]]:
        layers, kind, config, rows = self._config.layers, self._archetype, self._config, self._rows
        if layers.server_offset:
            offsets = {offset_column(key): 1.0 for key in layers.server_offset.sd}
            yield "server_offset", self._means(config, rows, offsets, {})
        if has_own_growth(config, kind):
            yield "server_growth", self._means(config, rows, {GROWTH_COLUMN: kind.growth_percent_per_month / 100}, {})
        if kind.profile:
            yield "profile_spread", self._means(config, rows, {STRENGTH_COLUMN: 1.0, NIGHT_COLUMN: 0.0}, {})
        if layers.server_life and layers.server_life.resize:
            life = layers.server_life.model_copy(update={"resize": None})
            never = config.model_copy(update={"layers": layers.model_copy(update={"server_life": life})})
            yield "resize", self._means(never, rows, {}, {})
        for path in kind.spread:
            if path != GROWTH:
                usual = {spread_column(path): parameter(kind, path)}
                yield f"server_spread {path}", self._means(config, rows, usual, {})
        if kind.regimes:
            stateless = kind.model_copy(update={"regimes": None})
            yield "regimes", self._means(config, rows, {}, {}, stateless)

    def _means(
        self,
        config: Config,
        rows: pl.DataFrame,
        lasting: Mapping[str, float],
        columns: Mapping[str, list[pl.Expr]],
        kind: Archetype | None = None,
    ) -> dict[str, Floats]:
        there = {name: pl.lit(value) for name, value in lasting.items() if name in rows.columns}
        kind = kind or self._archetype
        expressions = [*mean_expressions(config, kind), *profile_dates(kind), *spread_dates(kind)]
        dates = {
            clock: _numbers(
                calendar.with_columns(columns.get("before", []))
                .with_columns(expressions)
                .with_columns(columns.get("after", []))
            )
            for clock, calendar in self._calendars.items()
        }
        servers = rows.with_columns(**there)
        means = ServerMeans.of_frame(config, self._name, dates, servers).of(config.drawn_metrics, slice(None))
        hours = next(iter(self._calendars.values())).height
        raised = [
            mean * state_levels(config, kind, key, self._of_rows())
            for key, mean in zip(config.drawn_metrics, means, strict=True)
        ]
        every = [np.broadcast_to(mean, (rows.height, hours)).ravel()[self.usable] for mean in raised]
        return dict(zip(config.drawn_metrics, every, strict=True))


def _numbers(calendar: pl.DataFrame) -> dict[str, Floats]:
    return {column.name: column.to_numpy() for column in calendar.get_columns() if column.dtype == pl.Float64}
