"""The section of an archetype."""

from __future__ import annotations

from pydantic import Field

from capgen.layers.noise_parts.settings import NoisePart
from capgen.layers.profile import Profile
from capgen.layers.regimes.settings import Regimes
from capgen.layers.scheduled_spikes import ScheduledSpike
from capgen.layers.season import MetricSeason
from capgen.layers.server_spread import ParameterPath, Spread
from capgen.layers.spikes import Spike
from capgen.settings.types import (
    Amount,
    Correlation,
    Factor,
    Frozen,
    Name,
    NotNegative,
    Probability,
    Rate,
    Section,
)


class Archetype(Section):
    """A kind of server: its share of the fleet, its levels and its character.

    Attributes:
        base: mean of each metric before all factors.
        sd: standard deviation of each metric's noise.
        correlation: of the noise of two metrics.
        business_hours_factor: on the mean in business hours.
        weekend_factor: on the mean on Saturdays and Sundays.
        growth_percent_per_month: rate; `growth.trend` says what comes of it.
    """

    share: Probability
    base: Frozen[Name, Amount]
    sd: Frozen[Name, NotNegative]
    correlation: Frozen[str, Correlation] = Field(default_factory=dict)
    business_hours_factor: Factor
    weekend_factor: Factor
    spike: Spike
    growth_percent_per_month: Rate
    profile: Profile | None = None
    scheduled_spikes: tuple[ScheduledSpike, ...] = ()
    noise_parts: Frozen[Name, NoisePart] = Field(default_factory=dict)
    regimes: Regimes | None = None
    season: Frozen[Name, MetricSeason] | None = None
    spread: Frozen[ParameterPath, Spread] = Field(default_factory=dict)
