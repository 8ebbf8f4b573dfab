"""The means that a configuration implies for each group and hour, with and without an effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.layers.answers import Neutral
from capgen.layers.layer import Layer
from capgen.layers.scope import Kind, Scope
from capgen.panel.calendar import float_columns
from capgen.panel.cell.mean import means_of, shared_columns
from capgen.panel.layered import Layered, layered_archetype
from capgen.quality.expected.calendars import Calendars
from capgen.quality.expected.drift import GROWTH_TIME, REACH, SHARE, Drift
from capgen.quality.expected.effects import EFFECTS
from capgen.quality.expected.lit_hours import lit_hours


class Expectation:
    """What the means of one archetype are.

    Args:
        config: the panel's configuration.
        archetype: the archetype's name.
        calendars: the clocks' calendars, from `hourly_calendars`.
        rows: the archetype's groups.
        schedule: looks only at hours that this schedule's spikes alone touch; by default at hours
            that no spikes touch.

    Attributes:
        usable: whether each group and hour is looked at, in the order of the groups, and of the
            hours within each. Means have entries for those alone.
    """

    def __init__(
        self,
        config: Config,
        archetype: str,
        calendars: Calendars,
        rows: pl.DataFrame,
        schedule: int | None = None,
    ) -> None:
        self._layered = layered_archetype(config, archetype)
        self._columns = list(shared_columns(self._layered))  # slow to put together
        self._rows = rows
        self._chances: dict[str, Floats] = {}
        self._calendars = {clock: calendars[clock] for clock in rows["clock"].unique().to_list()}
        lit = {clock: lit_hours(config, archetype, clock, schedule) for clock in self._calendars}
        self._lit = [lit[clock] for clock in rows["clock"].to_list()]
        self.usable: NDArray[np.bool_] = np.concatenate([each.usable for each in self._lit])

    def _of_rows(self) -> list[pl.DataFrame]:
        """Return the calendar of each group."""
        return [self._calendars[clock] for clock in self._rows["clock"].to_list()]

    @property
    def lit(self) -> Floats:
        """The chance that a value lies in a spike of the schedule, for each entry of the means."""
        chances: Floats = np.concatenate([each.chances for each in self._lit])[self.usable]
        return chances

    def means(self) -> dict[str, Floats]:
        """Return the means of the drawn metrics, by key."""
        return self._means(self._layered)

    def drifts(self, means: Mapping[str, Floats]) -> dict[str, Drift]:
        """Return how the means of the drawn metrics drift inside of a bucket, by key.

        Args:
            means: the means in the middle of each bucket.
        """
        share = pl.concat([each[SHARE] for each in self._of_rows()]).to_numpy()[self.usable]
        if not any((calendar[REACH] != 0).any() for calendar in self._calendars.values()):
            return {key: Drift(mean, mean, share) for key, mean in means.items()}
        growth = pl.col(GROWTH_TIME)
        early = self._at_growth(growth - pl.col(REACH))
        late = self._at_growth(growth + pl.col(REACH))
        return {key: Drift(early[key], late[key], share) for key in early}

    def _at_growth(self, growth: pl.Expr) -> dict[str, Floats]:
        return self._means(self._layered, dates=[growth.alias(GROWTH_TIME)])

    def without_effects(self) -> Iterator[tuple[str, str, dict[str, Floats]]]:
        """Yield each effect, which part of it, and the means of the drawn metrics without it."""
        found: dict[tuple[str, str], list[tuple[Layer[Any], Neutral]]] = {}
        for layer, settings in self._layered.on:
            for neutral in layer.neutral(settings, self._layered.kind):
                whole = (neutral.effect, neutral.detail)
                found.setdefault(whole, []).append((layer, neutral))
        for (effect, detail), taken in sorted(found.items(), key=_place):
            yield effect, detail, self._without(taken)

    def _without(self, taken: list[tuple[Layer[Any], Neutral]]) -> dict[str, Floats]:
        layered = self._layered
        dates: list[pl.Expr] = []
        hours: list[pl.Expr] = []
        servers: dict[str, float] = {}
        for layer, neutral in taken:
            layered = layered.without(layer) if neutral.without else layered
            dates += neutral.dates
            hours += neutral.hours
            servers |= neutral.servers
        return self._means(layered, dates, hours, servers)

    def _means(
        self,
        layered: Layered,
        dates: Sequence[pl.Expr] = (),
        hours: Sequence[pl.Expr] = (),
        servers: Mapping[str, float] = MappingProxyType({}),
    ) -> dict[str, Floats]:
        """Return means, with some columns of the dates, the hours and the servers replaced."""
        whole = layered is self._layered
        columns = self._columns if whole else list(shared_columns(layered))
        of_clock = {}
        for clock, calendar in self._calendars.items():
            frame = calendar.lazy().with_columns(dates).with_columns(columns).with_columns(hours)
            of_clock[clock] = float_columns(frame.collect())
        known = [pl.lit(value).alias(name) for name, value in servers.items() if name in self._rows]
        rows = self._rows.with_columns(known) if known else self._rows
        scope = Scope.of(layered.kind, rows, of_clock, layered.kind.axis.span)
        shape = (rows.height, next(iter(self._calendars.values())).height)
        means = {}
        for key, mean in means_of(layered, scope, layered.kind.drawn).items():
            raised = self._raised(layered, key, mean)
            means[key] = np.broadcast_to(raised, shape).ravel()[self.usable]
        return means

    def _raised(self, layered: Layered, key: str, mean: Floats) -> Floats:
        """Return a mean at the level that states have on average."""
        for layer, settings in layered.on:
            levels = layer.state_levels(settings, layered.kind, self._rows, key)
            if np.any(levels != 1):
                chances = self._usual_states(layer, settings, layered.kind)
                mean = mean * np.einsum("xs,sxr->xr", levels, chances)
        return mean

    def _usual_states(self, layer: Layer[Any], settings: Any, kind: Kind) -> Floats:
        """Return the chances of a layer's states: the same for all metrics, and without effects."""
        if layer.name not in self._chances:
            chances = layer.usual_states(settings, kind, self._rows, self._of_rows())
            assert chances is not None
            self._chances[layer.name] = chances
        return self._chances[layer.name]


def _place(found: tuple[tuple[str, str], object]) -> int:
    """Return the place of an effect's rule: parts of one effect keep their order."""
    (effect, _), _ = found
    return next(each.place for each in EFFECTS if each.name == effect)
