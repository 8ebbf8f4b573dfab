"""Planned changes: a new normal of some servers from a day on, such as 30 % more load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from capgen.draws.arrays import Floats
from capgen.layers.answers import Effect, Neutral
from capgen.layers.conditions import Condition, condition_problems, holds_for, labels_of
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.response import respond
from capgen.layers.scope import Kind, PanelFacts, Scope
from capgen.layers.servers import Servers
from capgen.settings.names import unknown_names
from capgen.settings.types import Day, Factor, Frozen, Name, Section
from capgen.timeline.epoch import day_number
from capgen.timeline.time_axis import Span, TimeAxis

_MOST_RAMP_DAYS = 3660


class PlannedChange(Section):
    """What servers are multiplied by from a day on, for good or up to another day.

    Attributes:
        where: condition on the servers that take part; null: all.
        start: first day.
        end: first day after it; null: it stays.
        ramp_days: until the whole factor holds.
        factor: on each metric's mean.
    """

    where: Condition | None = None
    start: Day
    end: Day | None = None
    ramp_days: Annotated[int, Field(ge=0, le=_MOST_RAMP_DAYS)] = 0
    factor: Annotated[Frozen[Name, Factor], Field(min_length=1)]

    @model_validator(mode="after")
    def _days_in_order(self) -> PlannedChange:
        if self.end is not None and self.start >= self.end:
            raise ValueError("expected start before end")
        return self


Changes = Mapping[str, PlannedChange]  # by name


class PlannedChanges(Layer[Changes]):
    """A new normal of some servers."""

    name = "changes"
    key = "layers.changes"
    example = (
        "{campaign: {where: {business_unit: Retail}, start: 2024-07-01, ramp_days: 30, "
        "factor: {cpu: 1.3}}}"
    )
    effects = (Effect("changes", 65, "effect of planned changes"),)

    def problems(self, settings: Changes, known: Known) -> Iterator[str]:
        """Yield unknown metrics, and values that no server can have."""
        for name, change in settings.items():
            path = f"{known.path}.{name}"
            yield from unknown_names(f"{path}.factor", change.factor, known.drawn)
            yield from condition_problems(f"{path}.where", change.where or {}, known)

    def once(self, settings: Changes, servers: Servers) -> dict[str, Floats]:
        """Return which servers take part in each change: 1 or 0."""
        every = list(labels_of(servers.frame))
        columns = {}
        for name, change in settings.items():
            takes_part = [holds_for(change.where or {}, labels) for labels in every]
            columns[_takes_part(name)] = np.array(takes_part, np.float64)
        return columns

    def dates(self, settings: Changes, axis: TimeAxis, span: Span) -> dict[str, Floats]:
        """Return how much of each change has come about: whole days, from 0 to 1."""
        days = np.arange(span.first, span.stop) // axis.steps_per_day
        return {_in_force(name): _share(change, days) for name, change in settings.items()}

    def has_own_means(self, settings: Changes, kind: Kind) -> bool:
        """Some servers take part and others do not."""
        return True

    def own_means(self, settings: Changes, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means of the servers that take part."""
        for name, change in settings.items():
            share = scope.by_clock(_in_force(name))
            for key in change.factor.keys() & means.keys():
                mean = means[key]
                mean *= respond(change.factor[key] - 1, scope.lasting[_takes_part(name)], share)

    def unseen(self, settings: Changes, panel: PanelFacts, servers: pl.DataFrame) -> Iterator[str]:
        """Yield the changes that lie outside of the window, and those of no server."""
        every = list(labels_of(servers))
        for name, change in settings.items():
            path = f"{self.key}.{name}"
            way_out = f"change it, or take it away with --set {path}=null"
            if change.start > panel.axis.end or (change.end and change.end <= panel.axis.start):
                until = "on" if change.end is None else f"to {change.end}"
                yield (
                    f"{path}: expected some of the window {panel.axis.start} to {panel.axis.end}, "
                    f"got {change.start} {until}; {way_out}"
                )
            elif not any(holds_for(change.where or {}, labels) for labels in every):
                yield (
                    f"{path}.where: expected servers to change, "
                    f"got none of {servers.height}; {way_out}"
                )

    def makes_servers_differ(self, settings: Changes) -> bool:
        """Each takes part, or does not."""
        return True

    def neutral(self, settings: Changes, kind: Kind) -> Iterator[Neutral]:
        """Yield servers that stay as they were."""
        yield Neutral("changes", without=True)


def _share(change: PlannedChange, days: NDArray[np.int64]) -> Floats:
    """Return how much of a change has come about: on the r-th day of the ramp r parts of it."""
    passed = days - day_number(change.start) + 1
    share: Floats = np.clip(passed / max(change.ramp_days, 1), 0.0, 1.0)
    if change.end is not None:
        share[days >= day_number(change.end)] = 0.0
    return share


def _takes_part(name: str) -> str:
    return f"change.takes_part.{name}"


def _in_force(name: str) -> str:
    return f"change.in_force.{name}"
