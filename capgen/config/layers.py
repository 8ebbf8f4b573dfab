"""The section of the layers of a panel; those of an archetype stand in its section."""

from __future__ import annotations

from typing import Any

from capgen.layers.annual_season import Harmonic
from capgen.layers.changes import PlannedChange
from capgen.layers.events.settings import Events
from capgen.layers.library.settings import LibraryUse
from capgen.layers.local_time import LocalTime
from capgen.layers.missing import Missing
from capgen.layers.outliers import Outliers
from capgen.layers.server_growth import ServerGrowth
from capgen.layers.server_life import ServerLife
from capgen.layers.server_offset import ServerOffset
from capgen.layers.shared_movement import SharedMovement
from capgen.settings.grid import GridStep
from capgen.settings.types import Frozen, Name, Section

# What a panel depends on is the file's digest.
WHERE_FILES_LIE: dict[str, Any] = {"layers": {"library": {"file": True}}}


class Layers(Section):
    """Layers of the panel, each off where it is null."""

    server_offset: ServerOffset | None = None
    server_growth: ServerGrowth | None = None
    annual_season: Frozen[Name, tuple[Harmonic, ...]] | None = None
    local_time: LocalTime | None = None
    outliers: Frozen[Name, Outliers] | None = None
    missing: Missing | None = None
    events: Events | None = None
    server_life: ServerLife | None = None
    shared_movement: SharedMovement | None = None
    changes: Frozen[Name, PlannedChange] | None = None
    library: LibraryUse | None = None
    resolution: Frozen[Name, GridStep] | None = None
