"""What a panel is made of: each layer a file, all of them in one list."""

from __future__ import annotations

from typing import Any

from capgen.layers.annual_season import AnnualSeason
from capgen.layers.business_hours import BusinessHoursLayer
from capgen.layers.changes import PlannedChanges
from capgen.layers.end_of_quarter import EndOfQuarterLayer
from capgen.layers.events.layer import EventLayer
from capgen.layers.growth import GrowthLayer
from capgen.layers.holidays import HolidayLayer
from capgen.layers.layer import Layer
from capgen.layers.library.layer import LibraryLayer
from capgen.layers.local_time import LocalTimeLayer
from capgen.layers.missing import MissingLayer
from capgen.layers.noise_parts.layer import NoisePartsLayer
from capgen.layers.outliers import OutlierLayer
from capgen.layers.profile import ProfileLayer
from capgen.layers.regimes.layer import RegimeLayer
from capgen.layers.resolution import ResolutionLayer
from capgen.layers.scheduled_spikes import ScheduledSpikes
from capgen.layers.season import SeasonLayer
from capgen.layers.server_growth import ServerGrowthLayer
from capgen.layers.server_life import ServerLifeLayer
from capgen.layers.server_offset import ServerOffsetLayer
from capgen.layers.server_spread import ServerSpread
from capgen.layers.shared_movement import SharedMovementLayer
from capgen.layers.spikes import SpikeLayer
from capgen.layers.weekend import WeekendLayer

# In the order in which they act: factors are multiplied, and values changed, one after the other.
LAYERS: tuple[Layer[Any], ...] = (
    LocalTimeLayer(),
    BusinessHoursLayer(),
    WeekendLayer(),
    ProfileLayer(),
    EndOfQuarterLayer(),
    HolidayLayer(),
    AnnualSeason(),
    ServerSpread(),
    ServerGrowthLayer(),
    GrowthLayer(),
    ServerOffsetLayer(),
    PlannedChanges(),
    LibraryLayer(),
    NoisePartsLayer(),
    RegimeLayer(),
    SeasonLayer(),
    SharedMovementLayer(),
    SpikeLayer(),
    ScheduledSpikes(),
    EventLayer(),
    OutlierLayer(),
    ResolutionLayer(),
    MissingLayer(),
    ServerLifeLayer(),
)
