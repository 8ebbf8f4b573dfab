"""Local days: those of a zone, whose clock leaves an hour out in spring, and shows one twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from capgen.dataset.any_manifest import AnyManifest
from capgen.dataset.telemetry_manifest import TelemetryManifest
from capgen.draws.arrays import Floats
from capgen.errors import RequestError
from capgen.settings.holidays import Holidays
from capgen.settings.types import Zone
from capgen.timeline.epoch import MINUTES_PER_DAY, day_number, day_of
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import TimeAxis
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.holidays import holidays_between

UTC = "UTC"


@dataclass(frozen=True, slots=True, eq=False)
class LocalDays:
    """The days of a zone that some steps lie in; those at the ends may not be whole.

    Args:
        zone: whose days they are.
        clock: of their steps.
        steps: of these, which each step of the window is.
    """

    zone: str
    clock: Clock
    steps: NDArray[np.int64]

    def turned(self, values: Floats) -> Floats:
        """Return values by the steps of these days; of an hour shown twice, those of the second.

        Args:
            values: by the steps of the window, shape (metrics, steps).

        Returns:
            Shape (metrics, steps); NaN at steps that the window, or the zone's clock, leaves out.
        """
        found = np.full((len(values), self.clock.steps), np.nan)
        found[:, self.steps] = values
        return found


def local_days(
    days: tuple[date, date], step_minutes: int, zone: str, calendar: Holidays | None
) -> LocalDays:
    """Return the local days of a window.

    Args:
        days: the first and the last day of the window, in UTC.
        step_minutes: length of a step; longer ones than hours stand for their own dates.
        zone: whose days they are.
        calendar: whose holidays are days apart; None: they are days like others.
    """
    axis = TimeAxis(*days, step_minutes)
    turned = None if zone == UTC or step_minutes >= MINUTES_PER_DAY else zone
    minutes = pl.col("local_time").dt.epoch("us") // (60 * 10**6)
    local = stamps(axis, axis.span, turned).select(minutes).to_series().to_numpy()
    first = int(local.min()) // MINUTES_PER_DAY
    last = int(local.max()) // MINUTES_PER_DAY
    holidays = holidays_between(calendar, day_of(first), day_of(last)) if calendar else None
    clock = Clock(
        first,
        last - first + 1,
        step_minutes,
        None if holidays is None else tuple(map(day_number, holidays)),
    )
    return LocalDays(zone, clock, (local - first * MINUTES_PER_DAY) // step_minutes)


def zone_called(name: str | None, manifest: AnyManifest) -> str:
    """Return the zone whose days are fitted: by default that by which exports were written.

    Args:
        name: as asked for; None for the default.
        manifest: of the data.

    Raises:
        RequestError: there is no such zone.
    """
    try:
        return TypeAdapter(Zone).validate_python(name or _zone_of(manifest))
    except ValidationError:
        raise RequestError(
            f"--timezone: expected a time zone such as Europe/Berlin, got {name!r}"
        ) from None


def _zone_of(manifest: AnyManifest) -> str:
    if not isinstance(manifest, TelemetryManifest):
        return UTC
    place = manifest.mapping.get("time")
    return str(place["zone"]) if isinstance(place, dict) and place.get("zone") else UTC
