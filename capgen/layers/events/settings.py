"""Settings of events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from capgen.layers.conditions import ATTRIBUTES, Attribute, Condition, Named, Values
from capgen.settings.types import Factor, Frozen, Label, Moment, Name, Section, Text
from capgen.timeline.epoch import HOURS_PER_DAY

_MOST_EVENT_HOURS = 366 * HOURS_PER_DAY
EventType = Literal["surge", "memory_leak", "level_shift", "outage"]


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
    """Events that come about by chance.

    Attributes:
        type: what it does.
        metrics: whose values it changes; an outage without them takes all.
        magnitude: factor on the values; null for an outage.
        cause: a text for the list of events.
        scope: whom one event strikes.
        per_year: how many for each such subject, on average.
        mean_hours: how long, on average.
    """

    scope: Attribute
    per_year: Annotated[float, Field(ge=0, le=1000)]
    mean_hours: Annotated[float, Field(gt=0, le=_MOST_EVENT_HOURS / 10)]


class ListedEvent(_Event):
    """An event at a set time, of the servers that one name or a condition takes in.

    Attributes:
        type: what it does.
        metrics: whose values it changes; an outage without them takes all.
        magnitude: factor on the values; null for an outage.
        cause: a text for the list of events.
        server: whom it strikes, by server_id.
        app: whom it strikes, by app_name.
        region: whom it strikes.
        business_unit: whom it strikes.
        criticality: whom it strikes.
        server_type: whom it strikes, by archetype.
        where: whom it strikes, by a condition in place of one name.
        start: first moment.
        end: first moment after it; null: for ever.
    """

    server: Named | None = None
    app: Named | None = None
    region: Label | None = None
    business_unit: Label | None = None
    criticality: Label | None = None
    server_type: Name | None = None
    where: Condition | None = None
    start: Moment
    end: Moment | None = None

    @model_validator(mode="after")
    def _subject_and_times_fit(self) -> ListedEvent:
        if len(self.named) + (self.where is not None) != 1:
            raise ValueError(f"expected one of {', '.join(ATTRIBUTES)} and where")
        if self.end is not None and self.start >= self.end:
            raise ValueError("expected start before end")
        if self.end is None and self.type == "memory_leak":
            raise ValueError("expected an end of a memory leak, which ramps up to it")
        return self

    @property
    def named(self) -> dict[Attribute, tuple[str, ...]]:
        """The attributes that are given by name."""
        named: dict[Attribute, str | None] = {each: getattr(self, each) for each in ATTRIBUTES}
        return {attribute: (name,) for attribute, name in named.items() if name is not None}

    @property
    def condition(self) -> Values:
        """Which servers take part: those that have one of the values of each attribute."""
        return self.named if self.where is None else self.where


class Events(Section):
    """Incidents with a start and an end."""

    random: Frozen[Name, RandomEvents] = Field(default_factory=dict)
    listed: Frozen[Name, ListedEvent] = Field(default_factory=dict)
