"""Local time: business hours, weekends and holidays by the clock and the calendar of a region."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from capgen.layers.answers import Clock
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.settings.holidays import Holidays, holiday_problems
from capgen.settings.names import unknown_names
from capgen.settings.types import Frozen, Label, Section, Zone


class LocalTime(Section):
    """Clocks and holiday calendars of regions; those left out keep UTC and the calendar of all.

    Attributes:
        zones: time zone of each region.
        holidays: holiday calendar of each region.
    """

    zones: Frozen[Label, Zone] = Field(default_factory=dict)
    holidays: Frozen[Label, Holidays] = Field(default_factory=dict)


class LocalTimeLayer(Layer[LocalTime]):
    """Clocks and holidays of regions."""

    name = "local_time"
    key = "layers.local_time"
    example = "{zones: {EU: Europe/Berlin}, holidays: {EU: {country: DE, observed: true}}}"
    turns_clocks = True

    def problems(self, settings: LocalTime, known: Known) -> Iterator[str]:
        """Yield unknown regions and holiday calendars."""
        for section, regions in (("zones", settings.zones), ("holidays", settings.holidays)):
            yield from unknown_names(f"{known.path}.{section}", regions, known.fleet.region)
        for region, wanted in settings.holidays.items():
            yield from holiday_problems(f"{known.path}.holidays.{region}", wanted)

    def holiday_calendars(self, settings: LocalTime) -> dict[str, Holidays]:
        """Return the calendars of the regions."""
        path = f"{self.key}.holidays"
        return {f"{path}.{region}": wanted for region, wanted in settings.holidays.items()}

    def clock(self, settings: LocalTime, region: str) -> Clock | None:
        """Return the clock of a region that has a zone, or holidays, of its own."""
        zone = settings.zones.get(region)
        holidays = settings.holidays.get(region)
        return Clock(region, zone, holidays) if zone or holidays else None
