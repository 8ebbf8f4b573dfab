"""Sections of the layer of events: incidents with a start and an end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from capgen.settings.types import Factor, Frozen, Label, Moment, Name, Section, Text

MOST_EVENT_HOURS = 366 * 24
EventType = Literal["surge", "memory_leak", "level_shift", "outage"]
Scope = Literal["server", "app", "region", "business_unit", "criticality", "server_type"]
# What a server has of each scope, as a column of the server frame.
SCOPES: dict[Scope, str] = {
    "server": "server_id",
    "app": "app_name",
    "region": "region",
    "business_unit": "business_unit",
    "criticality": "criticality",
    "server_type": "server_type",
}
Named = Annotated[str, StringConstraints(max_length=100)]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


OneOrMore = Annotated[tuple[Named, ...], Field(strict=False, min_length=1), BeforeValidator(_as_list)]


class _Event(Section):
    type: EventType
    metrics: tuple[Name, ...] = ()
    magnitude: Factor | None = None
    cause: Text = ""

    @model_validator(mode="after")
    def _magnitude_fits(self) -> _Event:
        if (self.type == "outage") != (self.magnitude is None):
            raise ValueError("expected a magnitude for all but an outage, which has none")
        return self


class RandomEvents(_Event):
    """Events that come about by chance."""

    scope: Scope
    per_year: Annotated[float, Field(ge=0, le=1000)]
    mean_hours: Annotated[float, Field(gt=0, le=MOST_EVENT_HOURS / 10)]


class ListedEvent(_Event):
    """An event at a set time, of the servers that its scope names, or of those that a condition holds for."""

    server: Named | None = None
    app: Named | None = None
    region: Label | None = None
    business_unit: Label | None = None
    criticality: Label | None = None
    server_type: Name | None = None
    where: Annotated[Frozen[Scope, OneOrMore], Field(min_length=1)] | None = None
    start: Moment
    end: Moment | None = None

    @model_validator(mode="after")
    def _subject_and_times_fit(self) -> ListedEvent:
        if len(self.named) + (self.where is not None) != 1:
            raise ValueError(f"expected one of {', '.join(SCOPES)} and where")
        if self.end is not None and self.start >= self.end:
            raise ValueError("expected start before end")
        if self.end is None and self.type == "memory_leak":
            raise ValueError("expected an end of a memory leak, which ramps up to it")
        return self

    @property
    def named(self) -> dict[Scope, tuple[str, ...]]:
        """The scopes that are given by name."""
        named: dict[Scope, str | None] = {scope: getattr(self, scope) for scope in SCOPES}
        return {scope: (name,) for scope, name in named.items() if name is not None}

    @property
    def condition(self) -> dict[Scope, tuple[str, ...]]:
        """Which servers take part: those that have one of the values of each scope."""
        return self.named if self.where is None else self.where


class Events(Section):
    """Incidents with a start and an end."""

    random: Frozen[Name, RandomEvents] = Field(default_factory=dict)
    listed: Frozen[Name, ListedEvent] = Field(default_factory=dict)
