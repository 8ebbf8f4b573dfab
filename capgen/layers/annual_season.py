"""The annual season: waves over the days of the year, with amplitudes of each metric's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated

import numpy as np
import polars as pl
from pydantic import Field

from capgen.draws.arrays import Floats
from capgen.layers.answers import Effect, Neutral
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.scope import Kind
from capgen.settings.names import unknown_names
from capgen.settings.types import Probability, Section
from capgen.timeline.stamps import stamps
from capgen.timeline.time_axis import Span, TimeAxis

_DECIMALS = 12  # cosines differ between machines in the last bit; rounded ones do not
_KEPT_YEARS = 64  # of a metric each, which every clock asks for


class Harmonic(Section):
    """One wave of the season.

    1 + amplitude × cos(2π × cycles × (day of year − peak day) / days in the year)

    Attributes:
        amplitude: share of the mean.
        peak_day: day of the year on which the wave is highest.
        cycles: waves in a year.
    """

    amplitude: Probability
    peak_day: Annotated[float, Field(ge=1, le=366)]
    cycles: Annotated[int, Field(ge=1, le=52)] = 1


Season = Mapping[str, tuple[Harmonic, ...]]  # by metric


class AnnualSeason(Layer[Season]):
    """Waves over the days of the year."""

    name = "annual_season"
    key = "layers.annual_season"
    example = "{cpu: [{amplitude: 0.1, peak_day: 335}, {amplitude: 0.03, peak_day: 20, cycles: 2}]}"
    effects = (Effect("season", 60, "annual season", "no metric has a season"),)

    def problems(self, settings: Season, known: Known) -> Iterator[str]:
        """Yield unknown metrics, and amplitudes that would make a factor negative."""
        yield from unknown_names(known.path, settings, known.drawn)
        for key, waves in settings.items():
            total = sum(wave.amplitude for wave in waves)
            if total > 1:
                yield (
                    f"{known.path}.{key}: expected amplitudes that sum to at most 1, "
                    f"got a sum of {total:g}"
                )

    def dates(self, settings: Season, axis: TimeAxis, span: Span) -> dict[str, Floats]:
        """Return the factor of each metric that has a season."""
        stamp = stamps(axis, span, None)["timestamp"]
        days = stamp.dt.ordinal_day().to_numpy() - 1
        years = stamp.dt.year()
        columns: dict[str, Floats] = {}
        for key, waves in settings.items():
            factors = columns[_column(key)] = np.empty(span.size)
            for year in years.unique():  # NumPy's would load numpy.ma
                here = (years == year).to_numpy()
                factors[here] = _of_year(waves, year)[days[here]]
        return columns

    def factor(self, settings: Season, kind: Kind, key: str) -> pl.Expr | None:
        """Return the metric's season."""
        return pl.col(_column(key)) if key in settings else None

    def neutral(self, settings: Season, kind: Kind) -> Iterator[Neutral]:
        """Yield a calendar without waves."""
        yield Neutral("season", dates=tuple(pl.lit(1.0).alias(_column(key)) for key in settings))


def _column(key: str) -> str:
    return f"season.{key}"


@lru_cache(maxsize=_KEPT_YEARS)
def _of_year(waves: tuple[Harmonic, ...], year: int) -> Floats:
    """Return the factor of each day of a year."""
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    heights = (sum(_height(wave, day, days) for wave in waves) for day in range(1, days + 1))
    return np.array([round(1 + height, _DECIMALS) for height in heights])


def _height(wave: Harmonic, day: int, days: int) -> float:
    angle = 2 * math.pi * wave.cycles * (day - wave.peak_day) / days
    return wave.amplitude * math.cos(angle)
