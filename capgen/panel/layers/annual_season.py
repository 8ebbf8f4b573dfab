"""The annual season: waves over the days of the year, with amplitudes of each metric's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.layers import Harmonic
from capgen.timeline.time_axis import Span, TimeAxis

_DECIMALS = 12  # cosines differ between machines in the last bit; rounded ones do not


def season_column(key: str) -> str:
    """Return the name of the calendar column that holds a metric's season."""
    return f"season.{key}"


def season_columns(config: Config, axis: TimeAxis, span: Span) -> Iterator[pl.Series]:
    """Yield the factor of each metric that has a season, one value a step.

    Args:
        config: a valid configuration.
        axis: its time axis.
        span: some steps of it.
    """
    if config.layers.annual_season:
        first, last = axis.timestamp(span.first), axis.timestamp(span.stop - 1)
        stamp = pl.datetime_range(first, last, f"{axis.step_minutes}m", time_unit="us", eager=True)
        days, years = stamp.dt.ordinal_day().to_numpy() - 1, stamp.dt.year().to_numpy()
        for key, waves in config.layers.annual_season.items():
            factors = np.empty(span.size)
            for year in np.unique(years):
                here = years == year
                factors[here] = np.array(_of_year(waves, int(year)))[days[here]]
            yield pl.Series(season_column(key), factors)


def _of_year(waves: Sequence[Harmonic], year: int) -> list[float]:
    """Return the factor of each day of a year."""
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return [round(1 + sum(_height(wave, day, days) for wave in waves), _DECIMALS) for day in range(1, days + 1)]


def _height(wave: Harmonic, day: int, days: int) -> float:
    return wave.amplitude * math.cos(2 * math.pi * wave.cycles * (day - wave.peak_day) / days)
