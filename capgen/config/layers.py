"""Sections of the layers: what real telemetry has beyond the default model. Each is off unless configured."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from capgen.config.dynamics import SharedMovement
from capgen.config.events import Events
from capgen.settings.types import (
    Correlation,
    CountryCode,
    Day,
    Factor,
    Frozen,
    Hour,
    Label,
    Name,
    Probability,
    RelativeSd,
    Section,
    SubdivisionCode,
    Zone,
)

MOST_GAP_HOURS = 31 * 24


class Holidays(Section):
    """A calendar of the `holidays` library."""

    country: CountryCode
    subdivision: SubdivisionCode | None = None
    observed: bool


class HolidayEffect(Section):
    """The factor on the library's holidays, and on the days around them."""

    factor: Factor
    shoulder_days: Annotated[int, Field(ge=0, le=7)] = 0
    shoulder_factor: Factor = 1


class ServerOffset(Section):
    """Per server and metric a lasting multiplier on the mean: lognormal with mean 1."""

    sd: Frozen[Name, RelativeSd]
    correlation: Frozen[str, Correlation] = Field(default_factory=dict)


class ServerGrowth(Section):
    """How much the growth of servers differs from that of their archetype."""

    sd_percent_per_month: Annotated[float, Field(ge=0, le=1000)]


class Harmonic(Section):
    """One wave of the annual season: 1 + amplitude × cos(2π × cycles × (day of year − peak day) / days in the year)."""

    amplitude: Probability
    peak_day: Annotated[float, Field(ge=1, le=366)]
    cycles: Annotated[int, Field(ge=1, le=52)] = 1


class LocalTime(Section):
    """Clocks and holiday calendars of regions; those left out keep UTC and the calendar of all."""

    zones: Frozen[Label, Zone] = Field(default_factory=dict)
    holidays: Frozen[Label, Holidays] = Field(default_factory=dict)


class ProfileSpread(Section):
    """How the profiles of an archetype's servers differ."""

    flat_share: Probability = 0
    night_share: Probability = 0
    strength_sd: RelativeSd = 0

    @model_validator(mode="after")
    def _shares_fit(self) -> ProfileSpread:
        if self.flat_share + self.night_share > 1:
            raise ValueError("expected flat_share and night_share that sum to at most 1")
        return self


class Profile(Section):
    """Factors of the hours and weekdays, in place of business hours and weekend."""

    hours: Annotated[tuple[Factor, ...], Field(min_length=24, max_length=24)]
    weekdays: Annotated[tuple[Factor, ...], Field(min_length=7, max_length=7)]
    spread: ProfileSpread = ProfileSpread()


class ScheduledSpike(Section):
    """Spikes that start at set hours of the day."""

    hours: Annotated[tuple[Hour, ...], Field(min_length=1)]
    steps: Annotated[int, Field(ge=1, le=1440)] = 1
    probability: Probability
    magnitude: Factor


class Outliers(Section):
    """Rare wrong values of one metric: too high, or too low."""

    probability: Probability
    magnitude: Factor = 1.6
    dip_probability: Probability = 0
    dip_magnitude: Factor = 0

    @model_validator(mode="after")
    def _chances_fit(self) -> Outliers:
        if self.probability + self.dip_probability > 1:
            raise ValueError("expected probability and dip_probability that sum to at most 1")
        return self


class Gaps(Section):
    """Stretches without values: whole hours, of a geometric number."""

    per_year: Annotated[float, Field(ge=0, le=1000)]
    mean_hours: Annotated[float, Field(ge=1, le=MOST_GAP_HOURS / 10)]


class Missing(Section):
    """Values that are not there: single ones, those of one server for a while, those of the whole fleet for a while."""

    share: Frozen[Name, Probability] = Field(default_factory=dict)
    server_outages: Gaps | None = None
    fleet_gaps: Gaps | None = None


class Resize(Section):
    """A server gets larger when a metric's level reaches the limit: the metrics then fall by the ratio."""

    metric: Name
    limit: Annotated[float, Field(ge=0.001)]
    ratio: Annotated[float, Field(ge=1.1, le=100)]
    metrics: Annotated[tuple[Name, ...], Field(min_length=1)]


class ServerLife(Section):
    """Servers that are born or retired between two days, and resized."""

    first_day: Day
    last_day: Day
    born_share: Probability = 0
    retired_share: Probability = 0
    resize: Resize | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> ServerLife:
        if self.first_day >= self.last_day:
            raise ValueError("expected first_day before last_day")
        return self


class Layers(Section):
    """All layers, each off where it is null."""

    server_offset: ServerOffset | None = None
    server_growth: ServerGrowth | None = None
    annual_season: Frozen[Name, tuple[Harmonic, ...]] | None = None
    local_time: LocalTime | None = None
    outliers: Frozen[Name, Outliers] | None = None
    missing: Missing | None = None
    events: Events | None = None
    server_life: ServerLife | None = None
    shared_movement: SharedMovement | None = None
