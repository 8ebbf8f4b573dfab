"""All fields of a configuration, each checked on its own."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from capgen.columns import ordered_columns
from capgen.config.archetype import Archetype
from capgen.config.calendar import CalendarConfig
from capgen.config.layers import Layers
from capgen.config.resolved_days import HolidayDays
from capgen.config.storage import Destination
from capgen.layers import LAYERS
from capgen.layers.growth import Growth
from capgen.settings.fleet import Fleet
from capgen.settings.metric import Metric, drawn_metrics
from capgen.settings.types import Frozen, Granularity, Name, WindowDay
from capgen.timeline.granularity import step_minutes
from capgen.timeline.time_axis import TimeAxis


class ConfigFields(Destination):
    """All fields of a configuration, which may not fit together."""

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
    layers: Layers = Field(default_factory=Layers)
    holiday_days: HolidayDays | None = None  # from a manifest; None for the library's

    @property
    def step_minutes(self) -> int:
        """Minutes between two timestamps."""
        return step_minutes(self.granularity)

    @property
    def axis(self) -> TimeAxis:
        """The panel's time axis."""
        return TimeAxis(self.start_date, self.end_date, self.step_minutes)

    @property
    def rows(self) -> int:
        """Number of rows of the panel."""
        return self.num_servers * self.axis.span.size

    @property
    def growth_origin(self) -> date:
        """The day on which monthly growth is zero."""
        return self.growth.origin or self.start_date

    @property
    def drawn_metrics(self) -> list[str]:
        """Keys of the metrics with their own noise, in the order of the correlations' axes."""
        return drawn_metrics(self.metrics)

    @property
    def columns(self) -> list[str]:
        """The panel's columns in order."""
        return ordered_columns(
            [metric.column for metric in self.metrics.values()],
            truth=self.truth,
            states=self._has_states,
            first=self.first_columns,
        )

    @property
    def _has_states(self) -> bool:
        on = (
            (each, each.settings_in(self, kind))
            for kind in self.archetypes.values()
            for each in LAYERS
        )
        return any(settings is not None and layer.state_names(settings) for layer, settings in on)
