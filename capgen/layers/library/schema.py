"""The schema of a library: a Parquet table with one row a server, in small integers.

The file's key-value metadata holds, under `capgen.library`, the facts that all rows share: JSON of
`Facts`. Each row has the columns of `COLUMNS`, lists of fixed length in the order of their axes,
the last axis fastest; and labels, columns of text such as `server_type`, which `where` may name.

What the columns mean, for a server:

- chances: of each state, by kind of day, weekday or weekend, and hour of the local day, in
  percent; over the states they sum to 100.
- stickiness: chance to stay in a state for another hour where the chances allow it, in thousandths.
- kinds: chances of the kinds of day on Monday … Sunday, and on holidays where `Facts.days` is 8, in
  percent; over the kinds they sum to 100.
- kind_stickiness: chance that the next day is of the same kind, where the chances allow it, in
  percent.
- levels: of the metrics, in their units.
- quantiles: of each metric in each state, at `SCORES`, as thousandths of the natural logarithm of
  value / level; `ZERO` where the value is 0. They never fall.
- season: what is added to each metric's score, by state, weekday or weekend, and hour of the local
  day, in tenths.
- noise_scale: what each metric's noise is multiplied by before the season is added, in percent. The
  score stays standard normal where noise_scale² + the season's variance is 1.
- noise: for each half-life of `Facts.half_lives` a lower triangular matrix over the metrics, row by
  row, in hundredths: the factor of the part's covariances. The squares of a metric's entries in all
  parts sum to 1; what rounding leaves is put right.
- resolution: step of the grid on which each metric's values lie: 1, 2 or 5 × 10ⁿ; 0 for none.
- missing: share of each metric's values that are missing one by one, in hundredths of a percent.
- outages: how many a year, and their mean length in hours.

A value is level × Q[metric, state](season[metric, state, hour] + noise_scale × noise), on the grid.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple

import numpy as np
from pydantic import Field, field_validator

from capgen.draws.arrays import Floats
from capgen.layers.gaps import Gaps
from capgen.layers.regimes.settings import (
    MOST_KIND_STICKINESS,
    MOST_KINDS,
    MOST_STATES,
    MOST_STICKINESS,
)
from capgen.settings.grid import MOST_STEP
from capgen.settings.half_life import HalfLife
from capgen.settings.types import Name, Section
from capgen.timeline.epoch import HOURS_PER_DAY

FACTS = b"capgen.library"  # key of the file's metadata
POINTS = 17
HIGHEST_SCORE = 3.3  # 0.05 % of the values lie beyond it
SCORES: Floats = np.linspace(-HIGHEST_SCORE, HIGHEST_SCORE, POINTS).round(12)
ZERO = -32768  # logarithm of a quantile that is 0
WEEK = 2  # weekdays, weekend
HOLIDAYS_TOO: Literal[8] = 8  # days whose kinds have chances of their own
MOST_ROWS = 100_000
MOST_METRICS = 20
_MOST_PARTS = 8
_MOST_LOGARITHM = 15_000  # thousandths: 3 million times the level


class Facts(Section):
    """What all rows of a library share.

    Attributes:
        version: of the schema.
        metrics: keys of the drawn metrics, in the order of the configuration.
        states: number of states.
        kinds: number of kinds of day.
        days: 7, or 8 where holidays are days of their own.
        half_lives: of the parts of the noise, in hours: 0 first.
        fleet_gaps: all metrics of all servers at once are missing.
    """

    version: Literal[2] = 2
    metrics: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_METRICS)]
    states: Annotated[int, Field(ge=1, le=MOST_STATES)]
    kinds: Annotated[int, Field(ge=1, le=MOST_KINDS)]
    days: Literal[7, 8] = 7
    half_lives: Annotated[tuple[HalfLife, ...], Field(min_length=1, max_length=_MOST_PARTS)]
    fleet_gaps: Gaps | None = None

    @field_validator("metrics")
    @classmethod
    def _metrics_differ(cls, metrics: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(metrics)) < len(metrics):
            raise ValueError("expected metrics that differ")
        return metrics

    @field_validator("half_lives")
    @classmethod
    def _half_lives_climb(cls, half_lives: tuple[float, ...]) -> tuple[float, ...]:
        if half_lives[0] != 0 or sorted(set(half_lives)) != list(half_lives):
            raise ValueError("expected half-lives that climb from 0")
        return half_lives

    @property
    def sizes(self) -> dict[str, int]:
        """Lengths of the axes."""
        metrics = len(self.metrics)
        return {
            "metrics": metrics,
            "pairs": metrics * (metrics + 1) // 2,
            "states": self.states,
            "kinds": self.kinds,
            "days": self.days,
            "week": WEEK,
            "hours": HOURS_PER_DAY,
            "points": POINTS,
            "parts": len(self.half_lives),
            "facts": 2,
        }


class Column(NamedTuple):
    """A column of lists.

    Args:
        dtype: type of the stored numbers.
        axes: what the numbers go by; `Facts.sizes` knows their lengths.
        lowest: smallest number that may be stored.
        highest: largest number that may be stored.
        per_unit: what a stored number is divided by.
    """

    dtype: type[np.generic]
    axes: tuple[str, ...]
    lowest: float
    highest: float
    per_unit: int = 1

    def shape(self, facts: Facts) -> tuple[int, ...]:
        """Return the shape of a row's numbers."""
        return tuple(facts.sizes[axis] for axis in self.axes)

    def width(self, facts: Facts) -> int:
        """Return how many numbers a row has."""
        return math.prod(self.shape(facts))


COLUMNS = {
    "chances": Column(np.uint8, ("kinds", "week", "hours", "states"), 0, 100, 100),
    "stickiness": Column(np.uint16, ("states",), 0, 1000 * MOST_STICKINESS, 1000),
    "kinds": Column(np.uint8, ("days", "kinds"), 0, 100, 100),
    "kind_stickiness": Column(np.uint8, ("kinds",), 0, 100 * MOST_KIND_STICKINESS, 100),
    "levels": Column(np.float64, ("metrics",), 1e-12, 1e15),
    "quantiles": Column(np.int16, ("metrics", "states", "points"), ZERO, _MOST_LOGARITHM, 1000),
    "season": Column(np.int8, ("metrics", "states", "week", "hours"), -50, 50, 10),
    "noise_scale": Column(np.uint8, ("metrics",), 0, 100, 100),
    "noise": Column(np.int8, ("parts", "pairs"), -100, 100, 100),
    "resolution": Column(np.float64, ("metrics",), 0, MOST_STEP),
    "missing": Column(np.uint16, ("metrics",), 0, 10_000, 10_000),
    "outages": Column(np.float64, ("facts",), 0, 1000),
}
