"""The typed configuration: every number of the model, checked before any work starts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from capgen.columns import ordered_columns
from capgen.config import rules
from capgen.config.calendar import CalendarConfig
from capgen.config.dynamics import NoisePart, ParameterPath, Quantiles, Regimes, Shape, Spread
from capgen.config.holiday_days import HolidayDays
from capgen.config.layers import Layers, Profile, ScheduledSpike
from capgen.config.storage import Destination
from capgen.settings.types import (
    Correlation,
    Day,
    Frozen,
    Granularity,
    Interval,
    Name,
    NotNegative,
    Probability,
    Section,
    ServerIdFormat,
    Unit,
    Weights,
    WindowDay,
)
from capgen.timeline.granularity import step_minutes
from capgen.timeline.time_axis import TimeAxis


class Fleet(Section):
    """How servers are named and what metadata they draw."""

    server_id_format: ServerIdFormat
    first_index: Annotated[int, Field(ge=0, le=10**9)]
    apps_per_business_unit: Annotated[int, Field(ge=1, le=10**6)]
    business_unit: Weights
    criticality: Weights
    region: Weights


class Growth(Section):
    """How the growth rate of an archetype turns into growth over time."""

    trend: Literal["window", "monthly"]
    origin: Day | None = None


class Response(Section):
    """How much of each factor a metric takes: 0 ignores it, 1 takes it whole."""

    business_hours: NotNegative = 0
    weekend: NotNegative = 0
    eoq: NotNegative = 0
    holiday: NotNegative = 0
    growth: NotNegative = 0


class Derived(Section):
    """A metric that is a multiple of another one, taken before the other's clip."""

    source: Name
    factor: float


class Metric(Section):
    """A measured column."""

    column: Name
    unit: Unit = ""
    clip: Interval
    response: Response = Response()
    spike_share: NotNegative | None = None
    derived: Derived | None = None
    shape: Shape = "normal"
    quantiles: Quantiles | None = None

    @model_validator(mode="after")
    def _derived_has_no_own_model(self) -> Metric:
        if self.derived and (self.spike_share is not None or self.response != Response()):
            raise ValueError("expected no response and no spike_share beside derived")
        return self

    @model_validator(mode="after")
    def _shape_has_quantiles(self) -> Metric:
        if (self.shape == "quantiles") != (self.quantiles is not None):
            raise ValueError("expected quantiles with shape: quantiles, and with no other shape")
        if self.derived and self.shape != "normal":
            raise ValueError("expected no shape beside derived: it has that of its source")
        return self


class Spike(Section):
    """Independent spikes that multiply the metrics of one cell."""

    probability: Probability
    magnitude: NotNegative


class Archetype(Section):
    """A kind of server: its share of the fleet, its levels and its character."""

    share: Probability
    base: Frozen[Name, float]
    sd: Frozen[Name, NotNegative]
    correlation: Frozen[str, Correlation] = Field(default_factory=dict)
    business_hours_factor: NotNegative
    weekend_factor: NotNegative
    spike: Spike
    growth_percent_per_month: float
    profile: Profile | None = None
    scheduled_spikes: tuple[ScheduledSpike, ...] = ()
    noise_parts: Frozen[Name, NoisePart] = Field(default_factory=dict)
    regimes: Regimes | None = None
    spread: Frozen[ParameterPath, Spread] = Field(default_factory=dict)


class Config(Destination):
    """A whole, valid configuration; `load_config` makes one."""

    num_servers: Annotated[int, Field(ge=1, le=10_000_000)]
    start_date: WindowDay
    end_date: WindowDay
    granularity: Granularity
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    decimals: Annotated[int, Field(ge=0, le=12)]
    repair_correlation: bool
    truth: bool = False
    first_columns: tuple[Name, ...] = ()
    fleet: Fleet
    calendar: CalendarConfig
    growth: Growth
    metrics: Annotated[Frozen[Name, Metric], Field(min_length=1)]
    archetypes: Annotated[Frozen[Name, Archetype], Field(min_length=1)]
    layers: Layers = Layers()
    holiday_days: HolidayDays | None = None  # as a manifest gives them; the library's without

    @model_validator(mode="after")
    def _parts_agree(self) -> Config:
        rules.check(self)
        return self

    @property
    def step_minutes(self) -> int:
        """Minutes between two timestamps."""
        return step_minutes(self.granularity)

    @property
    def axis(self) -> TimeAxis:
        """The time axis."""
        return TimeAxis(self.start_date, self.end_date, self.step_minutes)

    @property
    def columns(self) -> list[str]:
        """The panel's columns, in their order."""
        return ordered_columns(
            [metric.column for metric in self.metrics.values()],
            truth=self.truth,
            states=any(archetype.regimes for archetype in self.archetypes.values()),
            first=self.first_columns,
        )

    @property
    def growth_origin(self) -> date:
        """The day on which monthly growth is zero."""
        return self.growth.origin or self.start_date

    def clean_twin(self) -> Config:
        """Return the configuration of the same panel without events, outliers and gaps."""
        layers = self.layers.model_copy(update=dict.fromkeys(["events", "outliers", "missing"]))
        return self.model_copy(update={"layers": layers})

    @property
    def drawn_metrics(self) -> list[str]:
        """Keys of the metrics that have noise of their own, in order: the axes of the correlation matrices."""
        return [key for key, metric in self.metrics.items() if metric.derived is None]
